import Tinypool from "tinypool";
import type { Plan } from "../../scenarios/plans/plan.ts";
import type { SecondOpinion } from "../../scenarios/sweeps/sweep-request.ts";
import { compareTraces } from "../kernel/compare-traces.ts";
import { parseRuns, parseTrace } from "./worker-codec.ts";

/** Runs plans in threads that are started for them. */
export function createSecondOpinion(): SecondOpinion {
  return {
    async rerun(plans) {
      return parseRuns(await inFreshThread("runPlans", plans)).map(({ run }) => run);
    },
    async firstDifference(one, other) {
      const left = parseTrace(await inFreshThread("traceLast", one));
      const right = parseTrace(await inFreshThread("traceLast", other));
      return compareTraces(left, right)?.text;
    },
  };
}

async function inFreshThread(
  name: "runPlans" | "traceLast",
  plans: readonly Plan[],
): Promise<unknown> {
  const pool = new Tinypool({
    filename: new URL("./worker.ts", import.meta.url).href,
    runtime: "worker_threads",
    minThreads: 1,
    maxThreads: 1,
  });
  try {
    return await pool.run(plans, { name });
  } finally {
    await pool.destroy();
  }
}
