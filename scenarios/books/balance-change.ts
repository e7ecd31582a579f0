import { bigintColumn, textColumn } from "../../system/database/row.ts";
import type { RowChange } from "../world.ts";

/** Whether each wallet's balance changed in a commit by what its entries there say. */
export function isBooked(changes: readonly RowChange[], walletId: string): boolean {
  let byBalance = 0n;
  let byEntries = 0n;
  for (const { table, before, after } of changes) {
    if (after !== null && table === "wallets" && textColumn(after, "id") === walletId) {
      const balance = bigintColumn(after, "balance_minor");
      byBalance += before === null ? 0n : balance - bigintColumn(before, "balance_minor");
    } else if (after !== null && table === "ledger_entries") {
      byEntries += textColumn(after, "wallet_id") === walletId ? signedAmount(after) : 0n;
    }
  }
  return byBalance === byEntries;
}

/** Above zero for a credit, below for a debit. */
function signedAmount(entry: NonNullable<RowChange["after"]>): bigint {
  const amountMinor = bigintColumn(entry, "amount_minor");
  return textColumn(entry, "direction") === "credit" ? amountMinor : -amountMinor;
}
