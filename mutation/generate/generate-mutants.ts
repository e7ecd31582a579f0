import { readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutant, SourcePatch } from "../../scenarios/mutants/mutant.ts";
import { OPERATORS, type Change } from "./operators.ts";
import { parseSource, walk } from "./syntax.ts";

/** A mutant that was made mechanically, and where it is. */
export interface GeneratedMutant extends Mutant {
  readonly file: string;
  readonly line: number;
  readonly operator: string;
}

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * What the simulated world does not run, or shares with the services: adapters, entry point,
 * configuration, the ports themselves with the classes of their errors, and what stands before the
 * routes.
 */
const LEFT_OUT =
  /\.test\.ts$|^system\/(?:adapters|testing|ports)\/|^system\/main\.ts$|^system\/process\/configuration\.ts$|^system\/http\/front-door\.ts$/;

/** Every mutant of the services' source, in the order of their places. */
export function generateMutants(): readonly GeneratedMutant[] {
  return sources().flatMap(mutantsOf);
}

function sources(): readonly string[] {
  const files = readdirSync(`${PROJECT}system`, { recursive: true, encoding: "utf8" });
  return files
    .map((file) => `system/${file.split(sep).join("/")}`)
    .filter((file) => file.endsWith(".ts") && !LEFT_OUT.test(file))
    .toSorted();
}

/** A generated mutant by its id; undefined when the source has none of that id. */
export function findGenerated(id: string): GeneratedMutant | undefined {
  const [prefix, file = ""] = id.split(":");
  return prefix === PREFIX && sources().includes(file)
    ? mutantsOf(file).find((mutant) => mutant.id === id)
    : undefined;
}

/** What the ids of generated mutants begin with. */
const PREFIX = "G";

function mutantsOf(file: string): readonly GeneratedMutant[] {
  const source = readFileSync(`${PROJECT}${file}`, "utf8");
  const ids = new Map<string, number>();
  return [...walk(parseSource(file, source))].flatMap((node) =>
    OPERATORS.flatMap(({ name, changes }) =>
      changes(node, source).map((change): GeneratedMutant => {
        const line = source.slice(0, change.start).split("\n").length;
        const place = `${PREFIX}:${file}:${line}:${name}`;
        const count = (ids.get(place) ?? 0) + 1;
        ids.set(place, count);
        const before = source.slice(change.start, change.end).replaceAll(/\s+/g, " ").trim();
        const after = change.replace.replaceAll(/\s+/g, " ").trim();
        return {
          id: count === 1 ? place : `${place}:${count}`,
          defect: after === "" ? `without: ${before}` : `${before} => ${after}`,
          breaks: "",
          patches: [patchOf(file, source, change)],
          file,
          line,
          operator: name,
        };
      }),
    ),
  );
}

/** The change with as much of the source around it as makes it the only one of its kind. */
function patchOf(file: string, source: string, { start, end, replace }: Change): SourcePatch {
  let [from, to] = [start, end];
  while (source.split(source.slice(from, to)).length !== 2) {
    from = Math.max(0, from - 40);
    to = Math.min(source.length, to + 40);
  }
  return {
    file,
    find: source.slice(from, to),
    replace: source.slice(from, start) + replace + source.slice(end, to),
  };
}
