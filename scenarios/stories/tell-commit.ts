import { bigintColumn, nullableTextColumn, textColumn } from "../../system/database/row.ts";
import { formatMoney, isCurrency } from "../../system/domain/money.ts";
import type { Row } from "../../system/ports/database.ts";
import type { Books } from "../books/books.ts";
import type { RowChange } from "../world.ts";

/**
 * What a commit of the saga wrote, as a sentence: "Commits: payment p1 is PENDING; payment.created
 * is in the outbox." Undefined for what is no part of the story (schema, opening of wallets).
 */
export function tellCommit(changes: readonly RowChange[], books: Books): string | undefined {
  const parts = changes.flatMap((change) => describeChange(change, books) ?? []);
  if (parts.length === 0) {
    return undefined;
  }
  const acceptsPayment = changes.some(
    ({ table, before }) => table === "payments" && before === null,
  );
  const hasEvent = changes.some(({ table }) => table === "outbox");
  const remark = acceptsPayment && !hasEvent ? ["no event is in the outbox"] : [];
  return `Commits: ${[...parts, ...remark].join("; ")}.`;
}

function describeChange({ table, before, after }: RowChange, books: Books): string | undefined {
  if (after === null) {
    return `a row of ${table} is gone`;
  }
  switch (table) {
    case "payments":
      return `payment ${keyOf(books, textColumn(after, "id"))} is ${status(after)}`;
    case "outbox":
      return before === null
        ? `${textColumn(after, "topic")} is in the outbox`
        : `${textColumn(after, "topic")} is marked sent`;
    case "ledger_entries":
      return textColumn(after, "direction") === "debit"
        ? `${money(after)} is taken from ${textColumn(after, "wallet_id")}`
        : `${money(after)} is given to ${textColumn(after, "wallet_id")}`;
    case "transfer_decisions":
      return textColumn(after, "outcome") === "refused"
        ? `payment ${keyOf(books, textColumn(after, "payment_id"))} is refused, ${nullableTextColumn(after, "reason") ?? "without a reason"}`
        : undefined;
    case "dead_letters":
      return `a message is set aside: ${textColumn(after, "reason")}`;
    default:
      return undefined;
  }
}

function keyOf(books: Books, paymentId: string): string {
  return books.keys.get(paymentId) ?? paymentId;
}

function status(row: Row): string {
  const reason = nullableTextColumn(row, "reason");
  return `${textColumn(row, "status")}${reason === null ? "" : `, ${reason}`}`;
}

function money(row: Row): string {
  const currency = textColumn(row, "currency");
  const amountMinor = bigintColumn(row, "amount_minor");
  return isCurrency(currency)
    ? `${formatMoney({ amountMinor, currency })} ${currency}`
    : `${amountMinor} minor units of ${currency}`;
}
