import { CURRENCIES } from "../model/decimal.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";

/** Words that are no amount, no currency, no id and no key, each of them refused as malformed. */
export const MALFORMED_TRANSFERS: readonly Partial<TransferCommand>[] = [
  { amount: "0.000" },
  { amount: "0.0001" },
  { amount: "1e3" },
  { amount: "-1.000" },
  { amount: "+1.000" },
  { amount: "01.000" },
  { amount: "1,000" },
  { amount: "1." },
  { amount: ".5" },
  { amount: " 1" },
  { amount: "" },
  { amount: "9223372036854775808" },
  { currency: "XYZ" },
  { currency: "omr" },
  { senderWalletId: "no one" },
  { senderWalletId: "s".repeat(65) },
  { receiverWalletId: "" },
  { receiverWalletId: "r".repeat(65) },
  { idempotencyKey: "" },
  { idempotencyKey: "k".repeat(256) },
];

/** Likewise: an amount with one digit more after the point than its currency has. */
export function tooFine(currency: string): Pick<TransferCommand, "amount" | "currency"> {
  const digits = CURRENCIES.get(currency) ?? 0;
  return { currency, amount: `1.${"1".repeat(digits + 1)}` };
}

/** An id, and the number of characters of a key, that may not be longer. */
export const LONGEST_ID = "w".repeat(64);
export const KEY_LENGTH_MAX = 255;

/** Parameters of a list of payments that are refused: unknown, malformed, or there twice. */
export const MALFORMED_LISTS: readonly string[] = [
  "sender=aisha",
  "status=pending",
  "status=FAILED&status=FAILED",
  "wallet=aisha",
  "createdAfter=-1",
  "createdAfter=1e3",
  "createdAfter=",
  "createdAfter=1&createdAfter=1",
  "limit=0",
  "limit=01",
  "limit=1.5",
  "limit=501",
  "limit=1&limit=1",
  "after=1",
  "after=1~p1&after=1~p1",
];

/** Likewise, of a list of ledger entries. */
export const MALFORMED_ENTRY_LISTS: readonly string[] = [
  "limit=0",
  "limit=501",
  "limit=2&limit=2",
  "after=-1",
  "after=first",
  "after=1&after=1",
];

/** Likewise, of a payment. */
export const MALFORMED_WAITS: readonly string[] = [
  "wait=31",
  "wait=-1",
  "wait=1.5",
  "wait=",
  "wait=1&wait=1",
];

/** The same amount in as few digits as it needs: `"7.500"` as `"7.5"`. */
export function inFewDigits(amount: string): string {
  return amount.includes(".") ? amount.replace(/\.?0+$/, "") : amount;
}
