import { encodeEvent, eventKey, type Event } from "../domain/events.ts";
import type { Connection } from "../ports/database.ts";

/**
 * Commits this service to sending events, in this order: the rows become visible to the relay
 * exactly when the caller's transaction commits.
 */
export async function appendToOutbox(
  connection: Connection,
  events: readonly Event[],
): Promise<void> {
  await connection.query({
    label: "append-event",
    sql: `INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms)
     SELECT event_id, topic, message_key, payload, at_ms
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY
       AS event (event_id, topic, message_key, payload, at_ms, nr) ORDER BY nr`,
    parameters: [
      events.map(({ id }) => id),
      events.map(({ type }) => type),
      events.map(eventKey),
      events.map(encodeEvent),
      events.map(({ atMs }) => BigInt(atMs)),
    ],
  });
}
