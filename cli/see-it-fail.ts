import type { SeenToFail } from "../reports/evidence/evidence.ts";
import { findMutant } from "../scenarios/mutants/mutants.ts";
import { LEVELS } from "../scenarios/plans/level.ts";
import { seekBreach, type Search } from "../scenarios/sweeps/seek-breach.ts";

/** Each mutant that a scenario catches is caught within a few of them. */
const SEEDS = { first: 1, last: 50 } as const;

/**
 * Runs the scenario with each mutant that it is known to catch, each until it is caught: a pass
 * means little where the same code was not seen to fail the same scenario.
 */
export async function seeItFail(
  passed: Omit<Search, "mutant" | "level">,
): Promise<readonly SeenToFail[]> {
  const seen: SeenToFail[] = [];
  for (const id of passed.scenario.catches) {
    const mutant = findMutant(id);
    if (mutant === undefined) {
      throw new Error(
        `${passed.scenario.name} is said to catch ${id}, and there is no such mutant`,
      );
    }
    // At the level where they are known to catch it.
    const sought = await seekBreach({ ...passed, mutant, level: LEVELS.rough }, SEEDS);
    if (sought === undefined) {
      break;
    }
    seen.push({ mutant: id, defect: mutant.defect, ...sought });
  }
  return seen;
}
