import { encodeEvent, eventKey, type Event } from "../domain/events.ts";
import type { Connection } from "../ports/database.ts";

/** Where the relay is told that something was appended. */
export const OUTBOX_CHANNEL = "outbox";

/**
 * Commits this service to sending events, in this order: the rows become visible to the relay
 * exactly when the caller's transaction commits, and the relay is woken then, once.
 */
export async function appendToOutbox(
  connection: Connection,
  events: readonly Event[],
): Promise<void> {
  await connection.query({
    label: "append-event",
    sql: `WITH appended AS (
       INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms)
       SELECT event_id, topic, message_key, payload, at_ms
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY
         AS event (event_id, topic, message_key, payload, at_ms, nr) ORDER BY nr
       RETURNING id
     ) SELECT pg_notify('${OUTBOX_CHANNEL}', '') FROM appended LIMIT 1`,
    parameters: [
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(eventKey),
      events.map(encodeEvent),
      events.map(({ atMs }) => BigInt(atMs)),
    ],
  });
}
