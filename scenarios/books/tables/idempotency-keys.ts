import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { ownKey } from "../client-book.ts";

export const idempotencyKeys: BookTable = {
  name: "idempotency_keys",
  services: ["payment"],
  sql: `SELECT principal_id, idempotency_key, payment_id FROM idempotency_keys
        ORDER BY principal_id, idempotency_key`,
  enter({ books, row, touched }) {
    const paymentId = textColumn(row, "payment_id");
    const key = textColumn(row, "idempotency_key");
    books.keys.set(paymentId, key);
    const own = ownKey(textColumn(row, "principal_id"), key);
    books.ownKeys.set(paymentId, own);
    books.keyed.set(own, paymentId);
    touched.payments.add(paymentId);
  },
  tell: () => undefined,
};
