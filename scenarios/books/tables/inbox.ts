import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { inboxOf } from "../books.ts";

export const inbox: BookTable = {
  name: "inbox",
  services: ["payment", "wallet"],
  sql: `SELECT event_id, topic, claimed_at_ms FROM inbox ORDER BY event_id`,
  enter({ books, service, row, touched }) {
    const eventId = textColumn(row, "event_id");
    inboxOf(books, service).set(eventId, textColumn(row, "topic"));
    if (service === "payment") {
      books.claimedAtMs.set(eventId, textColumn(row, "claimed_at_ms"));
    }
    touched.claims.add(eventId);
  },
  // What it was claimed for is told.
  tell: () => undefined,
};
