import { randomBytes } from "node:crypto";
import { v7 } from "uuid";
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

/** Asking the host costs the same for eight bytes as for many, so many are asked for at once. */
const POOL_BYTES = 4_096;

/**
 * The host's randomness. Identifiers are of version 7, which begin with the time: those of one time
 * lie side by side in an index, where those of version 4 lie anywhere, each on a page of its own.
 */
export const nodeEntropy: Entropy = createEntropy();

function createEntropy(): Entropy {
  const next = createPool();
  return {
    uuid: () => v7({ random: next(UUID_BYTES) }),
    traceBytes: (byteCount) => next(byteCount).toString("hex"),
  };
}

const UUID_BYTES = 16;

/** @returns gives so many bytes, and none of them twice */
function createPool(): (byteCount: number) => Buffer {
  let pool = randomBytes(POOL_BYTES);
  let used = 0;
  return (byteCount) => {
    if (used + byteCount > pool.length) {
      pool = randomBytes(Math.max(POOL_BYTES, byteCount));
      used = 0;
    }
    used += byteCount;
    return pool.subarray(used - byteCount, used);
  };
}
