import type { Books, PaymentBook } from "../books/books.ts";
import { fieldIn, idIn, listIn } from "../books/client-book.ts";
import { decimalOf } from "../model/decimal.ts";
import type { LookUpCommand } from "../plans/commands/look-up.ts";
import { againstView } from "./payment-answers.ts";
import { againstStatus, type Told } from "./told.ts";

/** A service gives so many where a client does not say how many. */
const LIMIT_DEFAULT = 50;

/** What a client looks up is there as it was at some moment meanwhile, and whole. */
export function againstLookUp(
  books: Books,
  command: LookUpCommand,
  told: Told,
): string | undefined {
  if (command.expects === "refused") {
    return againstStatus(told, 400);
  }
  if (!books.isWatched) {
    // Only commit by commit is it known how anything stood at a moment.
    return undefined;
  }
  switch (command.what) {
    case "payments":
      return againstStatus(told, 200) ?? againstPayments(books, command, told);
    case "events":
      return againstEvents(books, command, told);
    case "entries":
      return againstEntries(books, command, told);
    case "ledger":
      return againstStatus(told, 200) ?? againstLedger(books, told);
  }
}

function againstPayments(
  books: Books,
  { of, limit, only }: LookUpCommand,
  told: Told,
): string | undefined {
  const items = listIn(told.body, "payments");
  const most = limit ?? LIMIT_DEFAULT;
  const hasNext = fieldIn(told.body, "next") !== undefined;
  if (items.length > most || hasNext !== (items.length === most)) {
    return `is given ${items.length} payments, ${most} at most, and is told wrongly whether there are more`;
  }
  const given = new Set<string>();
  let lastAt = "";
  for (const item of items) {
    const payment = books.payments.get(idIn(item) ?? "");
    if (payment === undefined || !isOf(payment, of)) {
      return "is given a payment that is not one of these";
    }
    const isWanted = only === null || fieldIn(item, "status") === only;
    const at = `${(fieldIn(item, "acceptedAtMs") ?? "").padStart(16)} ${payment.id}`;
    const found = againstView(payment, { ...told, body: item }, true);
    if (found !== undefined || !isWanted || at <= lastAt || given.has(payment.id)) {
      return found ?? "is given payments that it did not ask for, or out of order";
    }
    lastAt = at;
    given.add(payment.id);
  }
  const missing = [...books.payments.values()].some(
    (payment) => isOf(payment, of) && payment.seenAtMs < told.askedAtMs && !given.has(payment.id),
  );
  return missing && items.length < most && only === null ? "is not given all payments" : undefined;
}

function isOf({ senderWalletId, receiverWalletId }: PaymentBook, walletId: string): boolean {
  return senderWalletId === walletId || receiverWalletId === walletId;
}

function againstEvents(books: Books, { of }: LookUpCommand, told: Told): string | undefined {
  const known = books.clients.toldAtMs.get(of);
  const payment = books.payments.get(books.clients.toldIds.get(of) ?? "");
  if (told.status === 404) {
    return known === undefined || known >= told.firstAskedAtMs
      ? undefined
      : "is told that its payment is not there";
  }
  const events = listIn(told.body, "events");
  const whats = events.map((event) => fieldIn(event, "what"));
  const last = events.at(-1);
  const wasEnded =
    payment !== undefined && payment.terminalAtMs !== null && payment.terminalAtMs < told.askedAtMs;
  const ending = payment?.status === "COMPLETED" ? "completed" : "failed";
  const isEnded = whats.at(-1) === ending;
  const isTold =
    whats[0] === "accepted" &&
    // Its event may be marked as sent only after its verdict has come.
    (!wasEnded || isEnded) &&
    (!isEnded || (fieldIn(last, "reason") ?? null) === (payment?.reason ?? null));
  return againstStatus(told, 200) ?? (isTold ? undefined : "is told of other events");
}

function againstEntries(
  books: Books,
  { of, limit, only }: LookUpCommand,
  told: Told,
): string | undefined {
  const wallet = books.wallets.get(of);
  if (told.status === 404 || wallet === undefined) {
    const openedAtMs = wallet?.history[0]?.sinceMs;
    return openedAtMs !== undefined && openedAtMs < told.askedAtMs
      ? "is told that it is not there"
      : againstStatus(told, 404);
  }
  const after = Number(only ?? 0);
  const most = limit ?? LIMIT_DEFAULT;
  const items = listIn(told.body, "entries");
  const isTold = items.every((item, index) => {
    const entry = wallet.entries[after + index];
    return (
      entry !== undefined &&
      fieldIn(item, "position") === String(after + index + 1) &&
      fieldIn(item, "direction") === entry.direction &&
      fieldIn(item, "currency") === entry.currency &&
      fieldIn(item, "amount") === decimalOf(entry.amountMinor, entry.currency) &&
      fieldIn(item, "balanceAfter") === decimalOf(entry.afterMinor, entry.currency) &&
      fieldIn(item, "cause") === entry.cause
    );
  });
  const there = wallet.entries.filter(({ seenAtMs }) => seenAtMs < told.askedAtMs).length;
  const isWhole = items.length <= most && items.length >= Math.min(most, there - after);
  const hasNext = fieldIn(told.body, "next") !== undefined;
  return (
    againstStatus(told, 200) ??
    (isTold && isWhole && hasNext === (items.length === most)
      ? undefined
      : "is given other entries than there are")
  );
}

function againstLedger(books: Books, { body, askedAtMs }: Told): string | undefined {
  const accounts = [...books.wallets.values()].filter(
    ({ history }) => (history[0]?.sinceMs ?? askedAtMs) < askedAtMs,
  );
  const entries = accounts.flatMap((each) =>
    each.entries.filter((entry) => entry.seenAtMs < askedAtMs),
  );
  const isWhole =
    Number(fieldIn(body, "accounts")) >= accounts.length &&
    Number(fieldIn(body, "entries")) >= entries.length;
  return fieldIn(body, "holds") === "true" && isWhole
    ? undefined
    : "is told that the ledger is not whole";
}
