import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { PortTaken } from "./free-ports.ts";
import type { KeptProcess } from "../processes/keeper.ts";

const probeIntervalMs = 50;
const tailLines = 20;

/** A server ended, or was not ready in time, while it was being started. The message ends with its log's tail. */
export class ServerNotReady extends Error {
  readonly code = "SERVER_NOT_READY";
  readonly logTail: string;

  constructor(reason: string, logTail: string, options?: ErrorOptions) {
    super(`${reason}; the end of its log:\n${logTail}`, options);
    this.name = "ServerNotReady";
    this.logTail = logTail;
  }
}

/**
 * Resolves with what `probe` resolves with, as soon as it does. While it rejects it is asked again, until the
 * server ends or `readyMsMax` is over: then it throws ServerNotReady with the last refusal as its cause.
 */
export async function untilReady<T>(parts: {
  readonly server: KeptProcess;
  readonly readyMsMax: number;
  readonly probe: () => Promise<T>;
}): Promise<T> {
  const { server, readyMsMax, probe } = parts;
  const deadlineAtMs = Date.now() + readyMsMax;
  let ended: string | undefined;
  void server.exited.then((exit) => {
    ended = exit.kind === "exited" ? `with code ${exit.code}` : `by ${exit.signal}`;
  });
  for (;;) {
    try {
      const answer = await probe();
      if (ended === undefined) return answer;
    } catch (cause) {
      if (ended === undefined && Date.now() > deadlineAtMs) {
        throw new ServerNotReady(
          `${server.name} was not ready within ${readyMsMax} ms`,
          await tailOf(server.logFile),
          { cause },
        );
      }
    }
    if (ended !== undefined) {
      throw new ServerNotReady(
        `${server.name} ended ${ended} during its start`,
        await tailOf(server.logFile),
      );
    }
    await delay(probeIntervalMs);
  }
}

/** True when a server did not start because another process has a port that it needs. */
export function isLostPort(error: unknown): boolean {
  if (error instanceof PortTaken) return true;
  // PostgreSQL, Kafka and Toxiproxy all use the operating system's words.
  return (
    error instanceof ServerNotReady && /address already in use|failed to bind/i.test(error.logTail)
  );
}

/** The last lines of a log file; a sentence that says so when there are none. */
export async function tailOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  const lines = text.trimEnd().split("\n").slice(-tailLines).join("\n");
  return lines === "" ? "(its log is empty)" : lines;
}
