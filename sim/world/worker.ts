import { findScenario } from "../../scenarios/catalogue.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { promisesNamed } from "../../scenarios/promises/promises.ts";
import { runPlan } from "../../scenarios/runs/run-plan.ts";
import { summarize, type RunSummary } from "../../scenarios/runs/run-summary.ts";
import { createSimulatedWorld } from "./world.ts";

/** One thread's world, made with the first task. */
const world = createSimulatedWorld();

/** What a thread of `workers.ts` does: runs plans one by one. */
export async function runPlans(plans: readonly Plan[]): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = [];
  for (const plan of plans) {
    const promises = promisesNamed(findScenario(plan.scenario)?.promises);
    runs.push(summarize(await runPlan(await world, plan, promises)));
  }
  return runs;
}
