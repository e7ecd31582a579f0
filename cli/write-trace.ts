import { writeWhole } from "../reports/write-whole.ts";
import type { ReplayFile } from "../scenarios/plans/replay-file.ts";
import { runPlan } from "../scenarios/runs/run-plan.ts";
import type { TraceRecord } from "../sim/kernel/trace.ts";
import { createSimulatedWorld } from "../sim/world/world.ts";

/** A trace as lines, an event each. */
export function traceText({ events }: TraceRecord): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

/**
 * Runs a plan once more in the simulated world, and writes all that happened.
 *
 * @throws UnwritableOutput
 * @throws Error when it goes another way than before: one plan has one trace
 */
export async function writeTrace({ plan, expected }: ReplayFile, file: string): Promise<void> {
  const traces: TraceRecord[] = [];
  const world = await createSimulatedWorld({ onTrace: (trace) => traces.push(trace) });
  await runPlan(world, plan);
  const [trace] = traces;
  if (trace === undefined || trace.hash !== expected.traceHash) {
    throw new Error(
      `the failing plan left the trace ${expected.traceHash}, and ${trace?.hash} when run again`,
    );
  }
  await writeWhole(file, traceText(trace));
}
