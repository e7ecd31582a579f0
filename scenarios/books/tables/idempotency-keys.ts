import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";

export const idempotencyKeys: BookTable = {
  name: "idempotency_keys",
  services: ["payment"],
  sql: `SELECT idempotency_key, payment_id FROM idempotency_keys ORDER BY idempotency_key`,
  enter({ books, row, touched }) {
    const paymentId = textColumn(row, "payment_id");
    const key = textColumn(row, "idempotency_key");
    books.keys.set(paymentId, key);
    books.keyed.set(key, paymentId);
    touched.payments.add(paymentId);
  },
  tell: () => undefined,
};
