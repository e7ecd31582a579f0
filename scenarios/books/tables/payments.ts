import { bigintColumn, nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import type { Row } from "../../../system/ports/database.ts";
import type { BookTable } from "../book-table.ts";
import { demand, paymentName, type OpenBooks } from "../books.ts";

/** What a reversal gives back counts until it fails. */
function enterReversal(
  { reversed, nowMs }: OpenBooks,
  row: Row,
  statusBefore: string | undefined,
): void {
  const originalId = nullableTextColumn(row, "reverses_payment_id");
  const status = textColumn(row, "status");
  const counts = status !== "FAILED";
  const counted = statusBefore !== undefined && statusBefore !== "FAILED";
  if (originalId === null || counts === counted) {
    return;
  }
  const moments = demand(reversed, originalId, () => []);
  const before = moments.at(-1)?.minor ?? 0n;
  const amountMinor = bigintColumn(row, "amount_minor");
  moments.push({ sinceMs: nowMs, minor: counts ? before + amountMinor : before - amountMinor });
}

export const payments: BookTable = {
  name: "payments",
  services: ["payment"],
  sql: `SELECT id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, reason,
          reverses_payment_id, ordered_by, ordered_as, accepted_at_ms, settled_at_ms
        FROM payments ORDER BY id`,
  unfinishedSql: `SELECT id FROM payments WHERE status = 'PENDING'`,
  enter({ books, row, touched }) {
    const id = textColumn(row, "id");
    touched.payments.add(id);
    const known = books.payments.get(id);
    const status = textColumn(row, "status");
    const reason = nullableTextColumn(row, "reason");
    const isTerminal = status !== "PENDING";
    const isOverturned =
      known !== undefined &&
      known.terminalAtMs !== null &&
      (known.status !== status || known.reason !== reason);
    books.payments.set(id, {
      id,
      acceptedAt: known?.acceptedAt ?? books.commits,
      seenAtMs: known?.seenAtMs ?? books.nowMs,
      terminalAtMs: known?.terminalAtMs ?? (isTerminal ? books.nowMs : null),
      overturned: isOverturned ? known.status : (known?.overturned ?? null),
      amountMinor: bigintColumn(row, "amount_minor"),
      currency: textColumn(row, "currency"),
      senderWalletId: textColumn(row, "sender_wallet_id"),
      receiverWalletId: textColumn(row, "receiver_wallet_id"),
      orderedBy: textColumn(row, "ordered_by"),
      orderedAs: textColumn(row, "ordered_as"),
      reverses: nullableTextColumn(row, "reverses_payment_id"),
      status,
      reason,
      acceptedAtMs: textColumn(row, "accepted_at_ms"),
      settledAtMs: nullableTextColumn(row, "settled_at_ms"),
    });
    enterReversal(books, row, known?.status);
  },
  tell({ books, after }) {
    const reason = nullableTextColumn(after, "reason");
    const status = `${textColumn(after, "status")}${reason === null ? "" : `, ${reason}`}`;
    return `${paymentName(books, textColumn(after, "id"))} is ${status}`;
  },
};
