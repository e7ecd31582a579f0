import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { runPlan } from "../../scenarios/runs/run-plan.ts";
import type { TraceRecord } from "../../sim/kernel/trace.ts";
import { createSimulatedWorld } from "../../sim/world/world.ts";
import { determinismPlan, disturb } from "./determinism-plans.ts";

/**
 * What `same-traces.test.ts` starts, as a process or as a thread: runs the plans of the seeds
 * given, in that order, and says `seed hash` for each. With `--trace` the events of each come
 * before it, one JSON a line.
 */
const parts: readonly string[] = isMainThread ? process.argv.slice(2) : readWorkerData(workerData);

const traces: TraceRecord[] = [];
const keepsTraces = parts.includes("--trace");
const world = await createSimulatedWorld({
  disturb,
  ...(keepsTraces ? { onTrace: (trace: TraceRecord) => traces.push(trace) } : {}),
});

for (const seed of parts.filter((part) => part !== "--trace").map(Number)) {
  const { traceHash } = await runPlan(world, determinismPlan(seed));
  for (const event of traces.splice(0).flatMap(({ events }) => events)) {
    say(JSON.stringify(event));
  }
  say(`${seed} ${traceHash}`);
}

function say(line: string): void {
  if (parentPort === null) {
    process.stdout.write(`${line}\n`);
  } else {
    parentPort.postMessage(line);
  }
}

function readWorkerData(data: unknown): readonly string[] {
  if (Array.isArray(data) && data.every((part) => typeof part === "string")) {
    return data;
  }
  throw new TypeError("a thread is given a list of texts");
}
