import { findScenario } from "../../scenarios/catalogue.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { promisesNamed } from "../../scenarios/promises/promises.ts";
import { runPlan, type Outcome } from "../../scenarios/runs/run-plan.ts";
import { summarize } from "../../scenarios/runs/run-summary.ts";
import type { WorkerRun } from "../../scenarios/sweeps/sweep-request.ts";
import type { World } from "../../scenarios/world.ts";
import type { TraceRecord } from "../kernel/trace.ts";
import { createSimulatedWorld } from "./world.ts";

/** One thread's world, made with the first task. */
const world = createSimulatedWorld();

/** The seed of the first plan that this thread ran, by which it is known. */
let first: number | undefined;

/** What a thread of `workers.ts` does: runs plans one by one. */
export async function runPlans(plans: readonly Plan[]): Promise<readonly WorkerRun[]> {
  const runs: WorkerRun[] = [];
  for (const plan of plans) {
    first ??= plan.seed;
    runs.push({ run: summarize(await runJudged(await world, plan)), thread: first });
  }
  return runs;
}

/** Runs plans one by one, and hands over the trace of the last. */
export async function traceLast(plans: readonly Plan[]): Promise<TraceRecord> {
  const traces: TraceRecord[] = [];
  const tracing = createSimulatedWorld({ onTrace: (trace) => traces.push(trace) });
  for (const [index, plan] of plans.entries()) {
    await runJudged(await (index === plans.length - 1 ? tracing : world), plan);
  }
  const [trace] = traces;
  if (trace === undefined) {
    throw new Error("no plan left a trace");
  }
  return trace;
}

function runJudged(where: World, plan: Plan): Promise<Outcome> {
  return runPlan(where, plan, promisesNamed(findScenario(plan.scenario)?.promises));
}
