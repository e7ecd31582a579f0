import { textColumn } from "../database/row.ts";
import type { Connection } from "../ports/database.ts";

/** What became of an event: it has its effect now, or had it before. */
export type Taken = "done" | "duplicate";

/**
 * Claims events for this service, in the transaction that holds their effects: claim and effect are
 * there together or not at all. They are claimed in the order of their ids, so that two who have
 * the same in hand wait for each other and never deadlock.
 *
 * @returns for each whether it is new. One that was claimed before, also by an event before it in
 *   the list, has had its effect, and must not have it again.
 */
export async function claimEvents(
  connection: Connection,
  events: readonly { readonly id: string; readonly type: string }[],
  nowMs: number,
): Promise<readonly boolean[]> {
  const { rows } = await connection.query({
    label: "claim-event",
    sql: `INSERT INTO inbox (event_id, topic, claimed_at_ms)
     SELECT event_id, topic, $3::bigint
     FROM unnest($1::text[], $2::text[]) AS claim (event_id, topic) ORDER BY event_id
     ON CONFLICT (event_id) DO NOTHING RETURNING event_id`,
    parameters: [events.map(({ id }) => id), events.map(({ type }) => type), nowMs],
  });
  const claimed = new Set(rows.map((row) => textColumn(row, "event_id")));
  return events.map(({ id }) => claimed.delete(id));
}
