import Tinypool from "tinypool";
import type { Plan } from "../../scenarios/plans/plan.ts";
import type { Workers, WorkerRun } from "../../scenarios/sweeps/sweep-request.ts";
import { parseRuns } from "./worker-codec.ts";

/** Threads that run plans, until they are closed. */
export interface RunningWorkers extends Workers {
  close(): Promise<void>;
}

/** Plans that a thread takes at once, at most. */
const TASK_PLANS_MAX = 5;

/** Starts threads that run plans in simulated worlds of their own, one plan at a time each. */
export function startWorkers(threads: number): RunningWorkers {
  const pool = new Tinypool({
    filename: new URL("./worker.ts", import.meta.url).href,
    name: "runPlans",
    runtime: "worker_threads",
    minThreads: threads,
    maxThreads: threads,
  });
  return {
    async *run(plans, signal) {
      const stopping = new AbortController();
      const tasks = inTasks(plans, threads).map((task) => start(pool, task, stopping.signal));
      try {
        for (const task of tasks) {
          const runs = await task;
          if (runs === undefined || signal.aborted) {
            return;
          }
          yield* runs;
        }
      } finally {
        // Whoever reads no further wants no more: what waits is called off.
        stopping.abort();
      }
    },
    close: () => pool.destroy(),
  };
}

/** Resolves with undefined when the task was called off before it began. */
async function start(
  pool: Tinypool,
  plans: readonly Plan[],
  signal: AbortSignal,
): Promise<readonly WorkerRun[] | undefined> {
  try {
    return parseRuns(await pool.run(plans, { signal }));
  } catch (error) {
    if (signal.aborted) {
      return undefined;
    }
    throw error;
  }
}

/** Several tasks for each thread, so that all end at about the same time. */
function inTasks(plans: readonly Plan[], threads: number): readonly (readonly Plan[])[] {
  const size = Math.min(TASK_PLANS_MAX, Math.ceil(plans.length / (4 * threads)));
  const count = plans.length === 0 ? 0 : Math.ceil(plans.length / size);
  return Array.from({ length: count }, (_, index) => plans.slice(index * size, (index + 1) * size));
}
