import { encodeEvent, eventKey, type Event } from "../domain/events.ts";
import type { Connection } from "../ports/database.ts";

/** Where the relay is told that something was appended. */
export const OUTBOX_CHANNEL = "outbox";

/** The columns of the outbox that whoever appends to it fills. */
export const APPENDED_COLUMNS = "event_id, topic, message_key, payload, appended_at_ms";

/** Wakes the relay at the commit, once, where the statement's `appended` holds a row. */
export const WAKE_RELAY = `SELECT pg_notify('${OUTBOX_CHANNEL}', '') FROM appended LIMIT 1`;

/** A message as it is to be sent. */
export interface OutboxMessage {
  /** No other message of this service has it. */
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly payload: string;
  readonly atMs: number;
}

/** Appends events, as `appendMessages` does. */
export async function appendToOutbox(
  connection: Connection,
  events: readonly Event[],
): Promise<void> {
  await appendMessages(
    connection,
    events.map((event) => ({
      id: event.id,
      topic: event.type,
      key: eventKey(event),
      payload: encodeEvent(event),
      atMs: event.atMs,
    })),
  );
}

/**
 * Commits this service to sending messages, in this order: the rows become visible to the relay
 * exactly when the caller's transaction commits, and the relay is woken then, once.
 */
export async function appendMessages(
  connection: Connection,
  messages: readonly OutboxMessage[],
): Promise<void> {
  await connection.query({
    label: "append-event",
    sql: `WITH appended AS (
       INSERT INTO outbox (${APPENDED_COLUMNS})
       SELECT event_id, topic, message_key, payload, at_ms
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY
         AS event (event_id, topic, message_key, payload, at_ms, nr) ORDER BY nr
       RETURNING id
     ) ${WAKE_RELAY}`,
    parameters: [
      messages.map(({ id }) => id),
      messages.map(({ topic }) => topic),
      messages.map(({ key }) => key),
      messages.map(({ payload }) => payload),
      messages.map(({ atMs }) => BigInt(atMs)),
    ],
  });
}
