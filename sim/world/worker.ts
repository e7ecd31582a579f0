import type { Plan } from "../../scenarios/plans/plan.ts";
import { runPlan } from "../../scenarios/runs/run-plan.ts";
import { summarize, type RunSummary } from "../../scenarios/runs/run-summary.ts";
import { createSimulatedWorld } from "./world.ts";

/** One thread's world, made with the first task. */
const world = createSimulatedWorld();

/** What a thread of `workers.ts` does: runs plans one by one. */
export async function runPlans(plans: readonly Plan[]): Promise<readonly RunSummary[]> {
  const runs: RunSummary[] = [];
  for (const plan of plans) {
    runs.push(summarize(await runPlan(await world, plan)));
  }
  return runs;
}
