import { encodeEvent, eventKey, type Event } from "../domain/events.ts";
import type { Connection } from "../ports/database.ts";

/**
 * Commits this service to sending `event`: the row becomes visible to the relay exactly when the
 * caller's transaction commits.
 */
export async function appendToOutbox(connection: Connection, event: Event): Promise<void> {
  await connection.query({
    label: "append-event",
    sql: `INSERT INTO outbox (event_id, topic, message_key, payload, appended_at_ms)
     VALUES ($1, $2, $3, $4, $5)`,
    parameters: [event.id, event.type, eventKey(event), encodeEvent(event), event.atMs],
  });
}
