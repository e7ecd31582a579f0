import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { eventName, outboxOf } from "../books.ts";

export const outbox: BookTable = {
  name: "outbox",
  services: ["payment", "wallet"],
  sql: `SELECT event_id, topic, message_key, sent_at_ms FROM outbox ORDER BY id`,
  unfinishedSql: `SELECT id FROM outbox WHERE sent_at_ms IS NULL`,
  enter({ books, service, row }) {
    const eventId = textColumn(row, "event_id");
    const sent = row["sent_at_ms"] !== null;
    const topic = textColumn(row, "topic");
    const paymentId = textColumn(row, "message_key");
    outboxOf(books, service).set(eventId, { eventId, topic, paymentId, sent });
  },
  tell({ books, before, after }) {
    if (before === null) {
      return `${textColumn(after, "topic")} is in the outbox`;
    }
    const topic = textColumn(after, "topic");
    // Nothing else in its commit names the payment.
    return `${eventName(books, { topic, paymentId: textColumn(after, "message_key") })} is marked sent`;
  },
};
