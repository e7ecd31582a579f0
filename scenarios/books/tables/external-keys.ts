import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";

/** The wallet service's own keys: of deposits and withdrawals. */
export const externalKeys: BookTable = {
  name: "idempotency_keys",
  services: ["wallet"],
  sql: `SELECT idempotency_key, transfer_id FROM idempotency_keys ORDER BY idempotency_key`,
  enter({ books, row, touched }) {
    const transferId = textColumn(row, "transfer_id");
    const key = textColumn(row, "idempotency_key");
    books.externalKeyed.set(key, transferId);
    books.externalKeys.set(transferId, key);
    touched.externals.add(transferId);
  },
  tell: () => undefined,
};
