import { findAnyMutant } from "../../mutation/find-mutant.ts";
import { SCENARIOS } from "../../scenarios/catalogue.ts";
import { LEVELS } from "../../scenarios/plans/level.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { promisesNamed } from "../../scenarios/promises/promises.ts";
import { brokenPromises, runPlan } from "../../scenarios/runs/run-plan.ts";
import { planOfSeed } from "../../scenarios/sweeps/draw-plans.ts";
import { shrinkPlan } from "../../scenarios/sweeps/shrink-plan.ts";
import type { World } from "../../scenarios/world.ts";
import { messageOf } from "../../system/ports/message-of.ts";
import { NotSimulated } from "../kernel/not-simulated.ts";

/** One mutant to be tried. */
export interface MutantTrial {
  readonly id: string;
  /** The names of the scenarios that are tried; else the mutant's own, or all. */
  readonly scenarios?: readonly string[];
  /** The seeds of each scenario that are run, both ends included. */
  readonly seeds: { readonly first: number; readonly last: number };
  /** How many variants are run to make what kills it smaller. */
  readonly shrinkRunsMax: number;
}

/** What became of a mutant. */
export interface TriedMutant {
  readonly id: string;
  /**
   * `killed` by a promise; `stopped`: the run ended with an error, which no service of ours may
   * bring about; `not-simulated`: it asks for what the simulation does not know; or `survived`.
   */
  readonly fate: "killed" | "stopped" | "not-simulated" | "survived";
  /** The promises that broke, gravest first; empty for one that was not killed. */
  readonly promises: readonly string[];
  /** The first breach, or the error. */
  readonly found: string;
  readonly scenario: string;
  readonly seed: number;
  readonly runs: number;
  /** The smallest plan that breaks what it is to break; null where none was looked for. */
  readonly smallest: Plan | null;
}

/**
 * Tries a mutant: the seeds of its scenarios in turn, until a promise breaks. One that is named for
 * it is waited for; otherwise any will do.
 */
export async function tryMutant(
  world: World,
  { id, scenarios, seeds, shrinkRunsMax }: MutantTrial,
): Promise<TriedMutant> {
  const mutant = findAnyMutant(id);
  if (mutant === undefined) {
    throw new Error(`there is no mutant ${id}`);
  }
  const names = scenarios ?? (mutant.scenario === undefined ? undefined : [mutant.scenario]);
  let runs = 0;
  const others = new Set<string>();
  for (let seed = seeds.first; seed <= seeds.last; seed += 1) {
    for (const scenario of SCENARIOS.filter(({ name }) => names?.includes(name) ?? true)) {
      const where = { id, scenario: scenario.name, seed, smallest: null };
      const plan = await planOfSeed({ scenario, mutant, level: LEVELS.rough }, seed);
      const promises = promisesNamed(scenario.promises);
      runs += 1;
      try {
        const outcome = await runPlan(world, plan, promises);
        const broken = brokenPromises(outcome);
        const isKilled = mutant.breaks === "" ? broken.length > 0 : broken.includes(mutant.breaks);
        if (isKilled) {
          const promise = mutant.breaks === "" ? (broken[0] ?? "") : mutant.breaks;
          const first = outcome.judgements.find((each) => each.promise === promise)?.breaches[0];
          const found = first === undefined ? "" : `${first.subject} ${first.found}`;
          const smallest = await makeSmaller(world, plan, promise, shrinkRunsMax);
          return { ...where, fate: "killed", promises: broken, found, runs, smallest };
        }
        broken.forEach((each) => others.add(each));
      } catch (error) {
        const fate = error instanceof NotSimulated ? "not-simulated" : "stopped";
        return { ...where, fate, promises: [], found: messageOf(error), runs };
      }
    }
  }
  const found = others.size === 0 ? "" : `only these broke: ${[...others].join(", ")}`;
  return { id, fate: "survived", promises: [], found, scenario: "", seed: 0, runs, smallest: null };
}

async function makeSmaller(
  world: World,
  plan: Plan,
  promise: string,
  runsMax: number,
): Promise<Plan | null> {
  if (runsMax === 0) {
    return null;
  }
  let tried = 0;
  const smallest = await shrinkPlan(plan, async (variant) => {
    tried += 1;
    return tried > runsMax
      ? undefined
      : brokenPromises(await runPlan(world, variant)).includes(promise);
  });
  return smallest.plan;
}
