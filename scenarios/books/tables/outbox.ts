import { nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import { DEAD_LETTER_TOPICS, eventKey, parseEvent } from "../../../system/domain/events.ts";
import type { Row } from "../../../system/ports/database.ts";
import { complaintAboutEnvelope } from "../../model/envelope-rules.ts";
import type { BookTable } from "../book-table.ts";
import { demand, eventName, outboxOf } from "../books.ts";

export const outbox: BookTable = {
  name: "outbox",
  services: ["payment", "wallet"],
  sql: `SELECT event_id, topic, message_key, payload, sent_at_ms FROM outbox ORDER BY id`,
  unfinishedSql: `SELECT id FROM outbox WHERE sent_at_ms IS NULL`,
  leave({ row, touched }) {
    if (!isLetter(row)) {
      touched.deleted.add(textColumn(row, "event_id"));
    }
    return true;
  },
  enter({ books, service, process, row, touched }) {
    if (isLetter(row)) {
      return;
    }
    const eventId = textColumn(row, "event_id");
    const sentAtMs = nullableTextColumn(row, "sent_at_ms");
    const sent = sentAtMs !== null;
    const sentSinceMs = sent ? books.nowMs : null;
    const outbox = outboxOf(books, service);
    const known = outbox.get(eventId);
    if (known !== undefined) {
      if (sent && !known.sent) {
        touched.marked.add(eventId);
      }
      // The rest of an event never changes.
      known.sent = sent;
      known.sentAtMs = sentAtMs;
      known.sentSinceMs ??= sentSinceMs;
      return;
    }
    const payload = textColumn(row, "payload");
    const key = textColumn(row, "message_key");
    const parsed = parseEvent(payload);
    const event = parsed.kind === "event" ? parsed.event : undefined;
    const paymentId = event === undefined ? key : eventKey(event);
    const topic = textColumn(row, "topic");
    const appended = {
      eventId,
      topic,
      paymentId,
      key,
      payload,
      event,
      complaint:
        event === undefined
          ? undefined
          : complaintAboutEnvelope(payload, { id: eventId, topic, paymentId }),
      committedAt: books.commits,
      appendedSinceMs: books.nowMs,
      appendedBy: process,
      sent,
      sentAtMs,
      sentSinceMs,
    };
    outbox.set(eventId, appended);
    demand(books.eventsOf, paymentId, () => []).push(appended);
    touched.payments.add(paymentId);
  },
  tell({ books, before, after }) {
    const topic = textColumn(after, "topic");
    if (before === null) {
      return `${topic} is in the outbox`;
    }
    if (isLetter(after)) {
      return `the letter about ${textColumn(after, "message_key")} is marked sent`;
    }
    // Nothing else in its commit names the payment.
    return `${eventName(books, { topic, paymentId: textColumn(after, "message_key") })} is marked sent`;
  },
};

/** What is set aside is no event. */
function isLetter(row: Row): boolean {
  return DEAD_LETTER_TOPICS.includes(textColumn(row, "topic"));
}
