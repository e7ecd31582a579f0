import { bigintColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { placeName, setAsideBy } from "../books.ts";

export const deadLetters: BookTable = {
  name: "dead_letters",
  services: ["payment", "wallet"],
  sql: `SELECT topic, partition_id, message_offset, reason FROM dead_letters
        ORDER BY topic, partition_id, message_offset`,
  enter({ books, service, row }) {
    const topic = textColumn(row, "topic");
    const partition = String(row["partition_id"]);
    const offset = String(bigintColumn(row, "message_offset"));
    const place = placeName({ topic, partition, offset });
    setAsideBy(books, service).set(place, textColumn(row, "reason"));
  },
  tell: ({ after }) => `a message is set aside: ${textColumn(after, "reason")}`,
};
