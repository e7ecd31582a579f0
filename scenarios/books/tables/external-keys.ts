import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { ownKey } from "../client-book.ts";

/** The wallet service's own keys: of deposits and withdrawals. */
export const externalKeys: BookTable = {
  name: "idempotency_keys",
  services: ["wallet"],
  sql: `SELECT principal_id, idempotency_key, transfer_id FROM idempotency_keys
        ORDER BY principal_id, idempotency_key`,
  enter({ books, row, touched }) {
    const transferId = textColumn(row, "transfer_id");
    const key = ownKey(textColumn(row, "principal_id"), textColumn(row, "idempotency_key"));
    books.externalKeyed.set(key, transferId);
    books.externalKeys.set(transferId, key);
    touched.externals.add(transferId);
  },
  tell: () => undefined,
};
