import type { Connection } from "../ports/database.ts";

/**
 * Claims an event for this service, in the transaction that holds its effect: claim and effect are
 * there together or not at all.
 *
 * @returns false when the event was claimed before: its effect is there, and must not happen again
 */
export async function claimEvent(
  connection: Connection,
  event: { readonly id: string; readonly topic: string },
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await connection.query({
    label: "claim-event",
    sql: `INSERT INTO inbox (event_id, topic, claimed_at_ms) VALUES ($1, $2, $3)
     ON CONFLICT (event_id) DO NOTHING`,
    parameters: [event.id, event.topic, nowMs],
  });
  return rowCount === 1;
}
