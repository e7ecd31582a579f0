import { setTimeout as delay } from "node:timers/promises";
import type { KeptProcess } from "../keeper/keeper.ts";
import { excerptOf, readLog, wordsFor } from "../keeper/process-log.ts";
import { PortTaken } from "../toxiproxy/free-ports.ts";

const PROBE_INTERVAL_MS = 50;

/**
 * A server ended, or was not ready in time, while it was being started. The message ends with its
 * log's excerpt.
 */
export class ServerNotReady extends Error {
  readonly code = "SERVER_NOT_READY";
  /** True when another process listens on a port that the server needs. */
  readonly lostPort: boolean;

  /** `log` is the server's whole log. */
  constructor(reason: string, log: string, options?: ErrorOptions) {
    super(`${reason}; from its log:\n${excerptOf(log)}`, options);
    this.name = "ServerNotReady";
    // PostgreSQL, Kafka and Toxiproxy all use the operating system's words.
    this.lostPort = /address already in use/i.test(log);
  }
}

/**
 * Resolves as soon as `probe` does. While it rejects it is asked again, until the server ends or
 * `readyMsMax` is over: then this throws ServerNotReady, with the last refusal as its cause. A
 * probe that hangs holds up neither: on a port that was lost, whoever has it may accept the
 * connection and never answer. A probe that knows that waiting is in vain throws ServerNotReady
 * itself.
 */
export async function untilReady(parts: {
  readonly server: KeptProcess;
  readonly readyMsMax: number;
  readonly probe: () => Promise<void>;
}): Promise<void> {
  const { server, readyMsMax } = parts;
  const giveUp = new AbortController();
  const ended = server.exited.then(
    (exit) => `${server.name} ended ${wordsFor(exit)} during its start`,
  );
  const late = delay(readyMsMax, `${server.name} was not ready within ${readyMsMax} ms`, {
    signal: giveUp.signal,
  });
  const asking = askUntilAnswered(parts.probe, giveUp.signal);
  try {
    const failure = await Promise.race([ended, late, asking.answered]);
    if (failure === undefined) {
      return;
    }
    const cause = asking.lastRefusal();
    throw new ServerNotReady(failure, await readLog(server.logFile), { cause });
  } finally {
    giveUp.abort();
    // The losers of the race; the abort makes `late` reject, which is news to nobody.
    await late.catch(() => {});
  }
}

function askUntilAnswered(probe: () => Promise<void>, signal: AbortSignal) {
  let refusal: unknown;
  async function ask(): Promise<undefined> {
    while (!signal.aborted) {
      try {
        await probe();
        return;
      } catch (error) {
        if (error instanceof ServerNotReady) {
          throw error;
        }
        refusal = error;
        await delay(PROBE_INTERVAL_MS);
      }
    }
  }
  return { answered: ask(), lastRefusal: () => refusal };
}

/** True when a start failed because another process has a port that was needed. */
export function isLostPort(error: unknown): boolean {
  return error instanceof PortTaken || (error instanceof ServerNotReady && error.lostPort);
}
