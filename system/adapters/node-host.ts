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

const POOL_BYTES = 4_096;

/** The host's randomness. */
export const nodeEntropy: Entropy = { uuid: () => randomUUID(), traceBytes: createTraceBytes() };

/** Asking the host costs the same for eight bytes as for many, so many are asked for at once. */
function createTraceBytes(): Entropy["traceBytes"] {
  let pool = randomBytes(POOL_BYTES);
  let used = 0;
  return (byteCount) => {
    if (used + byteCount > pool.length) {
      pool = randomBytes(Math.max(POOL_BYTES, byteCount));
      used = 0;
    }
    used += byteCount;
    return pool.toString("hex", used - byteCount, used);
  };
}
