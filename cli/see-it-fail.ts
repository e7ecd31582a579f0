import type { SeenToFail } from "../reports/evidence/evidence.ts";
import { findMutant } from "../scenarios/mutants/mutants.ts";
import { LEVELS } from "../scenarios/plans/level.ts";
import type { SweepRequest } from "../scenarios/sweeps/sweep-request.ts";
import { sweep } from "../scenarios/sweeps/sweep.ts";

/** Each mutant that a scenario catches is caught within a few of them. */
const SEEDS = { first: 1, last: 50 } as const;

/**
 * Runs the scenario with each mutant that it is known to catch, each until it is caught: a pass
 * means little where the same code was not seen to fail the same scenario.
 */
export async function seeItFail(passed: SweepRequest): Promise<readonly SeenToFail[]> {
  const seen: SeenToFail[] = [];
  for (const id of passed.scenario.catches) {
    const mutant = findMutant(id);
    if (mutant === undefined) {
      throw new Error(
        `${passed.scenario.name} is said to catch ${id}, and there is no such mutant`,
      );
    }
    const request = {
      ...passed,
      mutant,
      // Where they are known to catch it.
      level: LEVELS.rough,
      workers: null,
      seeds: SEEDS,
      shard: null,
      bail: true,
      shrinkRunsMax: 0,
    };
    const { evidence, error } = await sweep(request);
    if (error !== null) {
      throw error.error;
    }
    if (evidence.ended === "interrupted") {
      break;
    }
    const [finding] = evidence.findings;
    seen.push({
      mutant: id,
      defect: mutant.defect,
      promise: finding?.promise ?? null,
      seed: finding?.seed ?? SEEDS.last,
      runs: evidence.totals.runs,
    });
  }
  return seen;
}
