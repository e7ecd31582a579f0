import { createEngineOracle } from "../servers/engine-oracle.ts";
import type { TesterOutput } from "./isolation-tester.ts";
import {
  createSpecRunner,
  type PermutationRun,
  permutationsOf,
  type SpecRunner,
} from "./run-spec.ts";
import { parseSpec } from "./spec-file.ts";

/** What a spec came to. */
export interface SpecVerdict {
  readonly name: string;
  readonly kind: "pass" | "refused" | "differs";
  readonly permutations: number;
  readonly equal: number;
  /** Each refusal that a permutation ended with, and how many did. */
  readonly refusals: ReadonlyMap<string, number>;
  /** The first permutation that was played to its end and printed something else. */
  readonly firstDifference: string | null;
}

/** Plays every permutation of a spec on the engine. */
export async function playSpec(text: string): Promise<readonly PermutationRun[]> {
  const spec = parseSpec(text);
  const runs: PermutationRun[] = [];
  let runner: SpecRunner | null = null;
  for (const permutation of permutationsOf(spec)) {
    runner ??= await createSpecRunner(await createEngineOracle(), spec);
    const run: PermutationRun = await runner.run(permutation);
    runs.push(run);
    // After a refusal nothing that the engine says counts, and a stuck session stays stuck.
    runner = run.refusal === null && run.breakdown === null ? runner : null;
  }
  return runs;
}

/** Holds what the engine printed against what isolationtester did. */
export function judgeSpec(
  name: string,
  runs: readonly PermutationRun[],
  expected: TesterOutput,
): SpecVerdict {
  const refusals = new Map<string, number>();
  let equal = 0;
  let firstDifference: string | null = null;
  for (const [at, run] of runs.entries()) {
    if (run.refusal !== null) {
      refusals.set(run.refusal, (refusals.get(run.refusal) ?? 0) + 1);
    } else if (run.breakdown === null && run.output === expected[at]?.output) {
      equal += 1;
    } else {
      firstDifference ??= tellDifference(run, expected[at]?.output ?? "");
    }
  }
  const isWhole = equal === runs.length && runs.length === expected.length;
  const kind = firstDifference !== null ? "differs" : isWhole ? "pass" : "refused";
  return { name, kind, permutations: runs.length, equal, refusals, firstDifference };
}

function tellDifference(run: PermutationRun, expected: string): string {
  const [ours, theirs] = [run.output.split("\n"), expected.split("\n")];
  const at = theirs.findIndex((line, index) => line !== ours[index]);
  const broken = run.breakdown === null ? "" : `\nbreakdown: ${run.breakdown}`;
  return [
    `permutation: ${run.name}${broken}`,
    ...theirs.slice(Math.max(at - 2, 0), at).map((line) => `  ${line}`),
    ...theirs.slice(at, at + 3).map((line) => `- ${line}`),
    ...ours.slice(at, at + 3).map((line) => `+ ${line}`),
  ].join("\n");
}
