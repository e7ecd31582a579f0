import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { outboxOf } from "../books.ts";

export const outbox: BookTable = {
  name: "outbox",
  services: ["payment", "wallet"],
  sql: `SELECT event_id, topic, sent_at_ms FROM outbox ORDER BY id`,
  unfinishedSql: `SELECT id FROM outbox WHERE sent_at_ms IS NULL LIMIT 1`,
  enter({ books, service, row }) {
    const eventId = textColumn(row, "event_id");
    const sent = row["sent_at_ms"] !== null;
    outboxOf(books, service).set(eventId, { eventId, topic: textColumn(row, "topic"), sent });
  },
  tell: ({ before, after }) =>
    before === null
      ? `${textColumn(after, "topic")} is in the outbox`
      : `${textColumn(after, "topic")} is marked sent`,
};
