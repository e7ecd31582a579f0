import type { Clock } from "./clock.ts";

/** Waits for `work`, and no longer than the bound. @returns whether it is over */
export async function within(
  clock: Clock,
  boundMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  const waiting = new AbortController();
  try {
    return await Promise.race([
      work.then(() => true),
      clock.sleep(boundMs, waiting.signal).then(() => false),
    ]);
  } finally {
    // With a reason, since making one takes longer than all of this.
    waiting.abort("over");
  }
}
