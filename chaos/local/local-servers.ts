import type { ProcessRequest } from "../keeper/keeper-messages.ts";
import type { Keeper, KeptProcess } from "../keeper/keeper.ts";
import { excerptOf, readLog, wordsFor } from "../keeper/process-log.ts";

/**
 * The servers of one environment. Once it is closed it starts nothing more, so a start that failed
 * half-way can be taken back while its other half is still running.
 */
export interface LocalServers {
  start(request: ProcessRequest): Promise<KeptProcess>;
  /** Runs a program to its end; rejects when it does not exit with 0, with the tail of its log. */
  run(request: ProcessRequest): Promise<void>;
  close(): Promise<void>;
}

/** Opens an empty group of servers under `keeper`. */
export function openLocalServers(keeper: Keeper): LocalServers {
  const running = new Set<KeptProcess>();
  let closed = false;

  async function start(request: ProcessRequest): Promise<KeptProcess> {
    if (closed) {
      throw new Error(`cannot start ${request.name}: its environment was stopped`);
    }
    const one = await keeper.start(request);
    running.add(one);
    void one.exited.then(() => running.delete(one));
    if (closed) {
      await one.stop();
    }
    return one;
  }

  return {
    start,
    async run(request) {
      const exit = await (await start(request)).exited;
      if (exit.kind === "exited" && exit.code === 0) {
        return;
      }
      throw new Error(
        `${request.name} ended ${wordsFor(exit)}; from its log:\n${excerptOf(await readLog(request.logFile))}`,
      );
    },
    async close() {
      closed = true;
      await Promise.all([...running].map((one) => one.stop()));
    },
  };
}
