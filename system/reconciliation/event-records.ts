import { bigintColumn, nullableTextColumn, textColumn } from "../database/row.ts";
import { parseEvent } from "../domain/events.ts";
import type { Row } from "../ports/database.ts";
import type { EventRecord } from "./payment-case.ts";
import type { Snapshot } from "./snapshot.ts";

/** The events of a service's outbox about payments, by payment id; the first one counts. */
export async function eventsOf(
  snapshot: Snapshot,
  topics: readonly string[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, EventRecord>> {
  const rows = await snapshot.read(
    "events",
    `SELECT ${OUTBOX_COLUMNS} FROM outbox
     WHERE message_key = ANY ($1::text[]) AND topic = ANY ($2::text[]) ORDER BY id DESC`,
    [ids, topics],
  );
  return new Map(rows.map(readEventRecord).map((event) => [event.key, event]));
}

/** Which of these events a service's inbox has. */
export async function eventsTaken(
  snapshot: Snapshot,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await snapshot.read(
    "taken",
    `SELECT event_id FROM inbox WHERE event_id = ANY ($1::text[])`,
    [eventIds],
  );
  return new Set(rows.map((row) => textColumn(row, "event_id")));
}

const OUTBOX_COLUMNS = "event_id, topic, message_key, payload, appended_at_ms, sent_at_ms";

function readEventRecord(row: Row): EventRecord {
  const payload = textColumn(row, "payload");
  const sentAtMs = nullableTextColumn(row, "sent_at_ms");
  const parsed = parseEvent(payload);
  const says =
    parsed.kind === "event" && parsed.event.type === "payment.created"
      ? parsed.event.payment
      : undefined;
  return {
    eventId: textColumn(row, "event_id"),
    topic: textColumn(row, "topic"),
    key: textColumn(row, "message_key"),
    payload,
    appendedAtMs: Number(bigintColumn(row, "appended_at_ms")),
    sentAtMs: sentAtMs === null ? null : Number(sentAtMs),
    says,
  };
}
