import { bigintColumn, nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import type { Row } from "../../../system/ports/database.ts";
import { isBooked } from "../balance-change.ts";
import type { BookTable } from "../book-table.ts";
import { externalEntriesOf, movementOf } from "../books.ts";
import { moneyWords } from "../money-words.ts";

export const ledgerEntries: BookTable = {
  name: "ledger_entries",
  services: ["wallet"],
  sql: `SELECT payment_id, external_transfer_id, wallet_id, position, direction, amount_minor, currency,
          balance_after_minor, posted_at_ms, hash
        FROM ledger_entries ORDER BY id`,
  enter({ books, row, touched }) {
    const walletId = textColumn(row, "wallet_id");
    const paymentId = nullableTextColumn(row, "payment_id");
    const direction = textColumn(row, "direction");
    const amountMinor = bigintColumn(row, "amount_minor");
    const currency = textColumn(row, "currency");
    const postedAtMs = textColumn(row, "posted_at_ms");
    const entry = { walletId, direction, amountMinor, currency, postedAtMs };
    if (paymentId === null) {
      const externalId = textColumn(row, "external_transfer_id");
      externalEntriesOf(books, externalId).push(entry);
      touched.externals.add(externalId);
    } else {
      movementOf(books, paymentId).entries.push(entry);
      touched.payments.add(paymentId);
    }
    const wallet = books.wallets.get(walletId);
    if (wallet !== undefined) {
      const afterMinor = bigintColumn(row, "balance_after_minor");
      const externalId = nullableTextColumn(row, "external_transfer_id");
      const cause = paymentId === null ? `external:${externalId}` : `payment:${paymentId}`;
      const hash = textColumn(row, "hash");
      const position = textColumn(row, "position");
      const seenAtMs = books.nowMs;
      wallet.entries.push({ ...entry, position, afterMinor, cause, hash, seenAtMs });
      wallet.lastAfterMinor = afterMinor;
      wallet.entriesMinor += direction === "credit" ? amountMinor : -amountMinor;
    }
    touched.wallets.add(walletId);
  },
  tell({ changes, after }) {
    if (nullableTextColumn(after, "external_transfer_id")?.startsWith("opening/") === true) {
      // An opening is no part of a story.
      return undefined;
    }
    const walletId = textColumn(after, "wallet_id");
    const direction = textColumn(after, "direction");
    if (!isBooked(changes, walletId)) {
      // The balance is told beside it.
      return `an entry says that ${amountOf(after)} is the ${direction} of ${walletId}`;
    }
    return direction === "debit"
      ? `${amountOf(after)} is taken from ${walletId}`
      : `${amountOf(after)} is given to ${walletId}`;
  },
};

function amountOf(row: Row): string {
  return moneyWords(bigintColumn(row, "amount_minor"), textColumn(row, "currency"));
}
