import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** The host's clock. */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  async sleep(delayMs, signal) {
    try {
      await wait(delayMs, undefined, { signal });
    } catch (error) {
      if (signal?.aborted !== true) {
        throw error;
      }
    }
  },
};

/** The host's randomness. */
export const nodeEntropy: Entropy = {
  uuid: () => randomUUID(),
  traceBytes: (byteCount) => randomBytes(byteCount).toString("hex"),
};

/**
 * Telemetry as one JSON object a line, on standard output. The details are an object of their own:
 * whatever they are called, they cannot take the place of the line's name, time or process.
 */
export function createLineTelemetry(
  processName: string,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Telemetry {
  return {
    event(name, detail) {
      const said = { atMs: Date.now(), process: processName, event: name, detail };
      write(`${JSON.stringify(said)}\n`);
    },
  };
}
