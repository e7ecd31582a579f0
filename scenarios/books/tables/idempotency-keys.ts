import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";

export const idempotencyKeys: BookTable = {
  name: "idempotency_keys",
  services: ["payment"],
  sql: `SELECT idempotency_key, payment_id FROM idempotency_keys ORDER BY idempotency_key`,
  enter({ books, row }) {
    books.keys.set(textColumn(row, "payment_id"), textColumn(row, "idempotency_key"));
  },
  tell: () => undefined,
};
