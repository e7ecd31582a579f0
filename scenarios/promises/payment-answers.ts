import type { Books, PaymentBook } from "../books/books.ts";
import { fieldIn, idIn, isSameTransfer, ownKeyOf } from "../books/client-book.ts";
import { decimalOf, minorOf } from "../model/decimal.ts";
import {
  KEY_REUSED,
  MALFORMED_AMOUNT,
  MALFORMED_KEY,
  MALFORMED_REQUEST,
  UNKNOWN_PAYMENT,
} from "../model/refusals.ts";
import {
  malformedReversal,
  malformedTransfer,
  readReversal,
  readTransfer,
  type AskedReversal,
} from "../model/request-rules.ts";
import type { ReadPaymentCommand } from "../plans/commands/read-payment.ts";
import type { ReversePaymentCommand } from "../plans/commands/reverse-payment.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import { shownSinceMs } from "./shown.ts";
import { againstRefusal, againstStatus, codeIn, type Told } from "./told.ts";

/** Whoever came first with a key has it: the same words are its payment, others are refused. */
export function againstTransfer(
  books: Books,
  command: TransferCommand,
  told: Told,
): string | undefined {
  const asked = readTransfer(command);
  const malformed = malformedTransfer(command);
  if (asked === undefined || malformed !== undefined) {
    return againstRefusal(told, malformed ?? MALFORMED_REQUEST);
  }
  const payment = paymentOfKey(books, ownKeyOf(command));
  if (payment === undefined) {
    return `is answered ${told.status}, and no payment has its key`;
  }
  return payment.reverses === null && isSameTransfer(asked, payment)
    ? againstAcceptance(payment, told)
    : againstRefusal(told, KEY_REUSED);
}

/** A reversal is told what its key holds, or why the payment cannot be given back. */
export function againstReversal(
  books: Books,
  command: ReversePaymentCommand,
  told: Told,
): string | undefined {
  const asked = readReversal(command, books.clients.toldIds);
  if (asked === undefined) {
    return againstRefusal(told, malformedReversal(command) ?? MALFORMED_KEY);
  }
  const { status, askedAtMs, firstAskedAtMs } = told;
  const original = books.payments.get(asked.originalId);
  if (original === undefined || status === 404) {
    const known = books.clients.toldAtMs.get(command.originalKey);
    const wasKnown = known !== undefined && known < firstAskedAtMs;
    return wasKnown
      ? "is told that its payment is not there"
      : againstRefusal(told, UNKNOWN_PAYMENT);
  }
  const reversal = paymentOfKey(books, ownKeyOf(command));
  const isTaken = codeIn(told) === KEY_REUSED.code;
  // What was decided then is the answer, whatever holds now.
  const wasThere = books.isWatched && reversal !== undefined && reversal.seenAtMs < askedAtMs;
  if (status === 202 || isTaken || wasThere) {
    if (reversal === undefined) {
      return `is answered ${status}, and no payment has its key`;
    }
    const others = (books.clients.reversals.get(ownKeyOf(command)) ?? []).filter(
      (each) => each.originalId !== asked.originalId || each.amount !== asked.amount,
    );
    const isOwn = givesBack(reversal, asked) && !(isTaken && others.length > 0);
    return isOwn ? againstAcceptance(reversal, told) : againstRefusal(told, KEY_REUSED);
  }
  if (!books.isWatched) {
    return undefined;
  }
  const minor = asked.amount === null ? 1n : minorOf(asked.amount, original.currency);
  const isMalformed = minor === undefined || minor === 0n;
  const code = codeIn(told);
  // What is no amount is noticed only where something is left.
  const isRefusal =
    (code === "not-reversible" && mayNotBeReversed(original, askedAtMs)) ||
    (code === "reversal-exceeds-original" &&
      exceeded(books, original, isMalformed ? 1n : minor, askedAtMs));
  if (isMalformed) {
    return isRefusal ? againstStatus(told, 422) : againstRefusal(told, MALFORMED_AMOUNT);
  }
  return status === 422 && isRefusal
    ? undefined
    : `is answered ${status} (${code}), and nothing justifies that`;
}

/** Whether a reversal is what was asked for, as far as its own words go. */
export function givesBack(
  { reverses, amountMinor, currency }: PaymentBook,
  { originalId, amount }: AskedReversal,
): boolean {
  return reverses === originalId && (amount === null || minorOf(amount, currency) === amountMinor);
}

/** A client that asks how a payment stands is told how it stood at some moment meanwhile. */
export function againstPaymentReading(
  books: Books,
  command: ReadPaymentCommand,
  told: Told,
): string | undefined {
  const { idempotencyKey, waitS, query } = command;
  if (query !== undefined) {
    return againstRefusal(told, MALFORMED_REQUEST);
  }
  const { status, body, firstAskedAtMs } = told;
  const asked = books.payments.get(books.clients.toldIds.get(idempotencyKey) ?? "");
  const shownAtMs = asked === undefined ? Infinity : shownSinceMs(books, asked, command);
  if (status === 404) {
    // The id that it asked for was known before it asked, or it asked for none.
    const known = books.clients.toldAtMs.get(idempotencyKey);
    return known === undefined || known >= firstAskedAtMs || !(shownAtMs < told.askedAtMs)
      ? againstRefusal(told, UNKNOWN_PAYMENT)
      : "is told that it is not there";
  }
  if (shownAtMs > told.atMs) {
    return againstRefusal(told, UNKNOWN_PAYMENT);
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
    (fieldIn(body, "reverses") ?? null) === reverses &&
    fieldIn(body, "acceptedAtMs") === payment.acceptedAtMs;
  if (!isPayment) {
    return "is told of other wallets, of another amount, or of another time";
  }
  const { terminalAtMs } = payment;
  const status = fieldIn(body, "status");
  const reason = fieldIn(body, "reason") ?? null;
  const settledAtMs = fieldIn(body, "settledAtMs") ?? null;
  const wasPending = terminalAtMs === null || terminalAtMs >= askedAtMs || !isWatched;
  const holds =
    status === "PENDING"
      ? wasPending && reason === null && settledAtMs === null
      : status === payment.status &&
        reason === payment.reason &&
        settledAtMs === payment.settledAtMs;
  return holds
    ? undefined
    : `is told that it is ${status} with the reason ${reason ?? "none"}, and it is ${payment.status}`;
}

function paymentOfKey({ keyed, payments }: Books, key: string): PaymentBook | undefined {
  const id = keyed.get(key);
  return id === undefined ? undefined : payments.get(id);
}

function againstAcceptance(payment: PaymentBook, told: Told): string | undefined {
  const isTold =
    idIn(told.body) === payment.id && told.headers["location"] === `/payments/${payment.id}`;
  return (
    againstStatus(told, 202) ??
    (isTold ? undefined : "is told the id or the location of another payment, or of none")
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
