import { tryMutant, type MutantTrial, type TriedMutant } from "./mutant-trial.ts";
import { createSimulatedWorld } from "./world.ts";

/** One thread's world, made with the first task. */
const world = createSimulatedWorld();

/** What a thread of `mutant-workers.ts` does. */
export async function tryOne(trial: MutantTrial): Promise<TriedMutant> {
  return tryMutant(await world, trial);
}
