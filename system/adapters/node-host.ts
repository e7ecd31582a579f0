import { randomUUID } from "node:crypto";
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
export const nodeEntropy: Entropy = { uuid: () => randomUUID() };

/** Telemetry as one JSON object a line on standard output. */
export function createLineTelemetry(processName: string): Telemetry {
  return {
    event(name, detail) {
      const line = JSON.stringify({
        atMs: Date.now(),
        process: processName,
        event: name,
        ...detail,
      });
      process.stdout.write(`${line}\n`);
    },
  };
}
