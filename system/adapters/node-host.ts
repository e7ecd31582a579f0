import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";

/**
 * The host's clock. A sleep that is ended makes no error, as that of `node:timers/promises` does: a
 * process ends one for each of its requests.
 */
export const nodeClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      signal?.addEventListener("abort", end);
    }),
};

/** The host's randomness. */
export const nodeEntropy: Entropy = {
  uuid: () => randomUUID(),
  traceBytes: (byteCount) => randomBytes(byteCount).toString("hex"),
};
