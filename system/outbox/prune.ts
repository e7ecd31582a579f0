import { runStatement } from "../database/transaction.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";

/** Rows that are looked at and deleted at once: the statement stays short beside the relay's. */
const PRUNE_MAX = 1_000;

/** How often the outbox is looked through, where nothing is left over from the last time. */
const PRUNE_EVERY_MS = 60_000;

/**
 * Deletes what was sent so long ago, by the clock, oldest first and bounded: at once again the next
 * time when there was more.
 */
export function createPruning(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  keptMs: number,
): {
  /** Does nothing until it is due. @throws DatabaseError */
  pruneWhenDue(): Promise<void>;
} {
  let dueAtMs = clock.nowMs() + Math.min(keptMs, PRUNE_EVERY_MS);
  return {
    async pruneWhenDue() {
      const nowMs = clock.nowMs();
      if (nowMs < dueAtMs) {
        return;
      }
      const pruned = await prune(database, nowMs - keptMs);
      dueAtMs = pruned < PRUNE_MAX ? nowMs + Math.min(keptMs, PRUNE_EVERY_MS) : nowMs;
    },
  };
}

/**
 * Looks at the oldest only, so that it costs the same whatever is kept, and leaves out what another
 * process is pruning: two that delete the same rows, each in an order of its own, would wait for
 * each other. @returns how many are gone
 */
async function prune(database: Database, sentBeforeMs: number): Promise<number> {
  const { rowCount } = await runStatement(database, "prune", {
    label: "delete-sent",
    sql: `WITH oldest AS (
            SELECT id FROM outbox WHERE sent_at_ms IS NOT NULL ORDER BY id LIMIT $2
            FOR UPDATE SKIP LOCKED)
          DELETE FROM outbox USING oldest
          WHERE outbox.id = oldest.id AND outbox.sent_at_ms < $1`,
    parameters: [sentBeforeMs, PRUNE_MAX],
  });
  return rowCount;
}
