import { bigintColumn, nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { paymentName } from "../books.ts";

export const payments: BookTable = {
  name: "payments",
  services: ["payment"],
  sql: `SELECT id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, reason
        FROM payments ORDER BY id`,
  unfinishedSql: `SELECT id FROM payments WHERE status = 'PENDING'`,
  enter({ books, row, touched }) {
    const id = textColumn(row, "id");
    touched.payments.add(id);
    books.payments.set(id, {
      id,
      amountMinor: bigintColumn(row, "amount_minor"),
      currency: textColumn(row, "currency"),
      senderWalletId: textColumn(row, "sender_wallet_id"),
      receiverWalletId: textColumn(row, "receiver_wallet_id"),
      status: textColumn(row, "status"),
      reason: nullableTextColumn(row, "reason"),
    });
  },
  tell({ books, after }) {
    const reason = nullableTextColumn(after, "reason");
    const status = `${textColumn(after, "status")}${reason === null ? "" : `, ${reason}`}`;
    return `${paymentName(books, textColumn(after, "id"))} is ${status}`;
  },
};
