import fc from "fast-check";
import type { Mutant } from "../mutants/mutant.ts";
import type { Level } from "../plans/level.ts";
import type { Plan } from "../plans/plan.ts";
import type { Scenario } from "../plans/scenario.ts";

/** Whose plans are drawn: a scenario's, with the services as they ship or a mutant of them. */
export interface Drawn {
  readonly scenario: Pick<Scenario, "name" | "draftsAt">;
  readonly mutant: Pick<Mutant, "id"> | null;
  readonly level: Level;
}

/** The plan of a seed. @throws Error when the scenario draws none */
export async function planOfSeed(drawn: Drawn, seed: number): Promise<Plan> {
  const [plan] = await drawPlans(drawn, [seed]);
  if (plan === undefined) {
    throw new Error(`no plan was drawn for seed ${seed}`);
  }
  return plan;
}

/** The plan of each seed, as fast-check draws it first. */
export async function drawPlans(
  { scenario, mutant, level }: Drawn,
  seeds: readonly number[],
): Promise<readonly Plan[]> {
  const plans: Plan[] = [];
  const drafts = scenario.draftsAt(level);
  for (const seed of seeds) {
    const property = fc.property(drafts, (draft) => {
      plans.push({ scenario: scenario.name, seed, mutant: mutant?.id ?? null, ...draft });
    });
    fc.assert(property, { seed: scattered(seed), numRuns: 1 });
  }
  return plans;
}

/**
 * Seeds next to each other, far apart: weak generators give near-identical draws for adjacent
 * seeds. The finalizer of MurmurHash3 (Austin Appleby), on 32 bits.
 */
function scattered(seed: number): number {
  let hash = seed >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
