import { BOOK_TABLES } from "../books/book-tables.ts";
import type { Universe } from "../world.ts";

/** How often the system is asked whether it is at rest. */
const REST_POLL_MS = 100;

/**
 * Waits until nothing is under way: no payment PENDING, outboxes empty, everything read. Gives up
 * after `boundMs`, or as soon as `goOnAtOnce` says so.
 */
export async function comeToRest(
  universe: Universe,
  { boundMs, goOnAtOnce = () => false }: { boundMs: number; goOnAtOnce?: () => boolean },
): Promise<void> {
  const deadlineAtMs = universe.nowMs() + boundMs;
  while (universe.nowMs() < deadlineAtMs && !goOnAtOnce()) {
    if (await isAtRest(universe)) {
      return;
    }
    await universe.sleep(REST_POLL_MS);
  }
}

async function isAtRest(universe: Universe): Promise<boolean> {
  for (const { services, unfinishedSql } of BOOK_TABLES) {
    for (const service of unfinishedSql === undefined ? [] : services) {
      const rows = await universe.query(service, unfinishedSql ?? "");
      if (rows.length > 0) {
        return false;
      }
    }
  }
  return (await universe.lag()) === 0;
}
