import type { Books, PaymentBook } from "../books/books.ts";
import { principalOf } from "../plans/callers.ts";
import { askedBy, type Command } from "../plans/commands/command.ts";

/**
 * Since when a payment is shown to who asks, in milliseconds, `Infinity` for never: to operators
 * and to who sends it at once, to who gets the money once it is there. `NaN`, which is neither
 * before nor after anything, where that moment is not known.
 */
export function shownSinceMs(books: Books, payment: PaymentBook, command: Command): number {
  const { caller, walletId } = askedBy(command);
  const principal = principalOf(caller, walletId);
  const isAtOnce =
    caller === "operator" ||
    (principal !== undefined && sendersOf(books, payment).includes(principal));
  if (isAtOnce) {
    return books.isWatched ? payment.seenAtMs : 0;
  }
  const receiver = books.wallets.get(payment.receiverWalletId);
  if (payment.status !== "COMPLETED" || receiver?.ownerId !== principal) {
    return Infinity;
  }
  return books.isWatched ? (payment.terminalAtMs ?? Infinity) : Number.NaN;
}

/** Of a reversal both are known: the parties of what it gives back. */
function sendersOf(books: Books, { reverses, orderedBy }: PaymentBook): readonly unknown[] {
  const original = reverses === null ? undefined : books.payments.get(reverses);
  return original === undefined
    ? [orderedBy]
    : [original.orderedBy, books.wallets.get(original.receiverWalletId)?.ownerId];
}
