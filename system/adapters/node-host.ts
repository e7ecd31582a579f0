import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";

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
