import { bigintColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";

/** How long the oldest event may wait for its relay before that counts as not well. */
export const RELAY_LAG_MS_MAX = 60_000;

/**
 * How long the oldest event has waited that a relay could send, in milliseconds; zero where none
 * waits. What is dead, or waits behind what is, is not the relay's to send.
 *
 * @throws DatabaseError
 */
export async function relayLagMs(database: Database, clock: Clock): Promise<number> {
  const { rows } = await runStatement(database, "relay-lag", {
    label: "oldest",
    sql: `SELECT appended_at_ms FROM outbox
     WHERE sent_at_ms IS NULL AND dead_at_ms IS NULL AND message_key <> ALL (ARRAY(
       SELECT message_key FROM outbox WHERE sent_at_ms IS NULL AND dead_at_ms IS NOT NULL))
     ORDER BY id LIMIT 1`,
  });
  const [oldest] = rows;
  return oldest === undefined
    ? 0
    : Math.max(0, clock.nowMs() - Number(bigintColumn(oldest, "appended_at_ms")));
}
