import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ScratchPostgres } from "../servers/scratch-postgres.ts";
import { judgeSpec, playSpec, type SpecVerdict } from "./compare-specs.ts";
import { runIsolationTester } from "./isolation-tester.ts";

/** Most of a tester's time is waiting for timeouts of the server. */
const TESTERS_MAX = 6;

/**
 * Plays the named specs of a folder on the engine, and with isolationtester on the real server
 * those of which the engine did not refuse everything. In the order of the names.
 */
export async function surveySpecs(
  server: ScratchPostgres,
  folder: string,
  names: readonly string[],
): Promise<readonly SpecVerdict[]> {
  const verdicts = new Map<string, SpecVerdict>();
  const left = [...names];
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      verdicts.set(name, await surveySpec(server, folder, name));
    }
  };
  await Promise.all(Array.from({ length: TESTERS_MAX }, work));
  return names.flatMap((name) => verdicts.get(name) ?? []);
}

/** The names of all specs of a folder. */
export async function specNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(".spec"))
    .map((file) => file.slice(0, -".spec".length))
    .toSorted();
}

async function surveySpec(
  server: ScratchPostgres,
  folder: string,
  name: string,
): Promise<SpecVerdict> {
  const text = await readFile(join(folder, `${name}.spec`), "utf8");
  const runs = await playSpec(text);
  if (runs.every(({ refusal }) => refusal !== null)) {
    return judgeSpec(name, runs, []);
  }
  return judgeSpec(name, runs, await runIsolationTester(server, { name, text }));
}

/** A table of the verdicts, and the first difference of each that differs. */
export function formatVerdicts(verdicts: readonly SpecVerdict[]): string {
  const count = (kind: SpecVerdict["kind"]) => verdicts.filter((one) => one.kind === kind).length;
  const equal = verdicts.reduce((sum, one) => sum + one.equal, 0);
  const all = verdicts.reduce((sum, one) => sum + one.permutations, 0);
  const lines = verdicts.map(({ name, kind, permutations, refusals, equal: own }) => {
    const causes = [...refusals].map(([cause, times]) => `${cause} (${times})`).join(", ");
    return `- ${name}: ${kind}, ${own} of ${permutations}${causes === "" ? "" : `; refused: ${causes}`}`;
  });
  const differences = verdicts.flatMap(({ name, firstDifference }) =>
    firstDifference === null ? [] : ["", `## ${name}`, "", firstDifference],
  );
  return [
    `${count("pass")} pass, ${count("refused")} refused, ${count("differs")} differ; ${equal} of ${all} permutations are equal.`,
    "",
    ...lines,
    ...differences,
    "",
  ].join("\n");
}
