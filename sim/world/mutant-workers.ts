import Tinypool from "tinypool";
import type { MutantTrial, TriedMutant } from "./mutant-trial.ts";
import { parseTriedMutant } from "./worker-codec.ts";

/** Threads that try mutants, until they are closed. */
export interface MutantWorkers {
  /**
   * Tries a mutant. One that is not done when the signal says that its time is over spins, and its
   * thread is ended: that kills it, too.
   */
  run(trial: MutantTrial, timeIsOver: AbortSignal): Promise<TriedMutant>;
  close(): Promise<void>;
}

export function startMutantWorkers(threads: number): MutantWorkers {
  const pool = new Tinypool({
    filename: new URL("./mutant-worker.ts", import.meta.url).href,
    name: "tryOne",
    runtime: "worker_threads",
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: 1,
  });
  return {
    async run(trial, timeIsOver) {
      try {
        return parseTriedMutant(await pool.run(trial, { signal: timeIsOver }));
      } catch (error) {
        if (!timeIsOver.aborted) {
          throw error;
        }
        const found = "it spins: it was not done in its time, and its thread was ended";
        const where = { id: trial.id, scenario: "", seed: 0, runs: 0, smallest: null };
        return { ...where, fate: "stopped", promises: [], found };
      }
    },
    close: () => pool.destroy(),
  };
}
