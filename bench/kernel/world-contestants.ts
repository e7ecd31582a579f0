import type { Plan } from "../../scenarios/plans/plan.ts";
import { ONE_PROCESS_EACH } from "../../scenarios/plans/topology.ts";
import { collectGarbage } from "../../sim/kernel/collect-garbage.ts";
import { createSimulatedWorld } from "../../sim/world/world.ts";
import { DEFAULT_KNOBS } from "../../system/process/knobs.ts";
import { startCpuTime } from "./cpu-time.ts";

/** Nobody asks for anything. */
function quietPlan(seed: number): Plan {
  return {
    scenario: "transfer",
    seed,
    wallets: [],
    commands: [],
    faults: [],
    topology: ONE_PROCESS_EACH,
    knobs: DEFAULT_KNOBS,
    schedule: { kind: "random", seed, windowUs: 0 },
    mutant: null,
  };
}

/** A system of two services at rest. Returns the milliseconds that so many seconds of it took. */
export async function measureIdle(seconds: number): Promise<number> {
  const world = await createSimulatedWorld();
  const { value } = await world.run(quietPlan(1), async (universe) => {
    await universe.heal(60_000);
    await universe.sleep(10_000);
    const cpuMs = startCpuTime();
    await universe.sleep(seconds * 1_000);
    return cpuMs();
  });
  return value;
}

/** Then what is built once, such as parsed statements, is built. */
const RUNS_UNTIL_WARM = 1_000;

/**
 * Runs the whole system so often, each time in a fresh universe with another seed, and kills one of
 * its processes. Returns by how many bytes the heap grew after the first thousand runs.
 */
export async function measureGrowth(runs: number): Promise<number> {
  const world = await createSimulatedWorld();
  let warmBytes = 0;
  for (let run = 1; run <= runs; run += 1) {
    const faults = [
      {
        kind: "crash",
        trigger: { on: "time", process: "wallet-1", atMs: 20 },
        restartAfterMs: 20,
      },
    ] as const;
    await world.run({ ...quietPlan(run), faults }, async (universe) => {
      await universe.heal(60_000);
      universe.beginLoad();
      await universe.sleep(100);
    });
    if (run === RUNS_UNTIL_WARM) {
      warmBytes = heapBytes();
    }
  }
  return heapBytes() - warmBytes;
}

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
