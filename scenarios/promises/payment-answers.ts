import type { Books, PaymentBook } from "../books/books.ts";
import { fieldIn, idIn, isSameTransfer } from "../books/client-book.ts";
import { decimalOf, minorOf } from "../model/decimal.ts";
import { readReversal, readTransfer } from "../model/request-rules.ts";
import type { ReadPaymentCommand } from "../plans/commands/read-payment.ts";
import type { ReversePaymentCommand } from "../plans/commands/reverse-payment.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import { againstStatus, type Told } from "./told.ts";

/** Whoever came first with a key has it: the same words are its payment, others are refused. */
export function againstTransfer(
  books: Books,
  command: TransferCommand,
  told: Told,
): string | undefined {
  const asked = readTransfer(command);
  if (asked === undefined) {
    return againstStatus(told, 400);
  }
  const payment = paymentOfKey(books, command.idempotencyKey);
  if (payment === undefined) {
    return `is answered ${told.status}, and no payment has its key`;
  }
  return payment.reverses === null && isSameTransfer(asked, payment)
    ? againstAcceptance(payment, told)
    : againstStatus(told, 422);
}

/** A reversal is told what its key holds, or why the payment cannot be given back. */
export function againstReversal(
  books: Books,
  command: ReversePaymentCommand,
  told: Told,
): string | undefined {
  const asked = readReversal(command, books.clients.toldIds);
  if (asked === undefined) {
    return againstStatus(told, 400);
  }
  const { status, body, askedAtMs, firstAskedAtMs } = told;
  const reversal = paymentOfKey(books, command.idempotencyKey);
  if (reversal !== undefined && status !== 404) {
    const isSame = reversal.reverses === asked.originalId;
    return isSame && status !== 422
      ? againstAcceptance(reversal, told)
      : againstStatus(told, status === 422 ? 422 : 202);
  }
  const original = books.payments.get(asked.originalId);
  if (original === undefined || status === 404) {
    const known = books.clients.toldAtMs.get(command.originalKey);
    const wasKnown = known !== undefined && known < firstAskedAtMs;
    return wasKnown && status === 404 ? "is told that its payment is not there" : undefined;
  }
  if (!books.isWatched) {
    return undefined;
  }
  const minor = asked.amount === null ? 1n : minorOf(asked.amount, original.currency);
  if (minor === undefined || minor === 0n) {
    return status === 400 ? undefined : againstStatus(told, 422);
  }
  const code = fieldIn(body, "title");
  const isRefusal =
    (code === "not-reversible" && mayNotBeReversed(original, askedAtMs)) ||
    (code === "reversal-exceeds-original" && exceeded(books, original, minor, askedAtMs));
  return status === 422 && isRefusal
    ? undefined
    : `is answered ${status} (${code}), and nothing justifies that`;
}

/** A client that asks how a payment stands is told how it stood at some moment meanwhile. */
export function againstPaymentReading(
  books: Books,
  { idempotencyKey, waitS }: ReadPaymentCommand,
  told: Told,
): string | undefined {
  const { status, body, firstAskedAtMs } = told;
  if (status === 404) {
    // The id that it asked for was known before it asked, or it asked for none.
    const known = books.clients.toldAtMs.get(idempotencyKey);
    return known === undefined || known >= firstAskedAtMs
      ? undefined
      : "is told that it is not there";
  }
  const id = idIn(body);
  const payment = id === undefined ? undefined : books.payments.get(id);
  if (status !== 200 || payment === undefined) {
    return againstStatus(told, 200) ?? "is told of a payment that is not there";
  }
  if (id !== books.clients.toldIds.get(idempotencyKey)) {
    return "is told of another payment";
  }
  const isPending = fieldIn(body, "status") === "PENDING";
  return isPending && told.atMs < told.askedAtMs + waitS * 1_000
    ? "is told that it is PENDING, before it had waited"
    : againstView(payment, told, books.isWatched);
}

/** A payment is shown as it stood at some moment meanwhile. */
export function againstView(
  payment: PaymentBook,
  { body, askedAtMs }: Told,
  isWatched: boolean,
): string | undefined {
  const { senderWalletId, receiverWalletId, amountMinor, currency, reverses } = payment;
  const isPayment =
    fieldIn(body, "senderWalletId") === senderWalletId &&
    fieldIn(body, "receiverWalletId") === receiverWalletId &&
    fieldIn(body, "currency") === currency &&
    fieldIn(body, "amount") === decimalOf(amountMinor, currency) &&
    (fieldIn(body, "reverses") ?? null) === reverses;
  if (!isPayment) {
    return "is told of other wallets, or of another amount";
  }
  const { terminalAtMs } = payment;
  const status = fieldIn(body, "status");
  const reason = fieldIn(body, "reason") ?? null;
  const wasPending = terminalAtMs === null || terminalAtMs >= askedAtMs || !isWatched;
  const holds =
    status === "PENDING"
      ? wasPending && reason === null
      : status === payment.status && reason === payment.reason;
  return holds
    ? undefined
    : `is told that it is ${status} with the reason ${reason ?? "none"}, and it is ${payment.status}`;
}

function paymentOfKey({ keyed, payments }: Books, key: string): PaymentBook | undefined {
  const id = keyed.get(key);
  return id === undefined ? undefined : payments.get(id);
}

function againstAcceptance(payment: PaymentBook, told: Told): string | undefined {
  return (
    againstStatus(told, 202) ??
    (idIn(told.body) === payment.id ? undefined : "is told the id of another payment, or of none")
  );
}

/** Whether it was not COMPLETED, or gives another back itself. */
function mayNotBeReversed({ reverses, status, terminalAtMs }: PaymentBook, sinceMs: number) {
  const wasPending = terminalAtMs === null || terminalAtMs >= sinceMs;
  return reverses !== null || status === "FAILED" || wasPending;
}

/** Whether at some moment since then less was left of it than that. */
function exceeded(
  { reversed }: Books,
  { id, amountMinor }: PaymentBook,
  minor: bigint,
  sinceMs: number,
): boolean {
  for (const moment of (reversed.get(id) ?? []).toReversed()) {
    if (amountMinor - moment.minor < minor) {
      return true;
    }
    if (moment.sinceMs < sinceMs) {
      return false;
    }
  }
  return amountMinor < minor;
}
