import type { Books, PaymentBook } from "../books/books.ts";
import { fieldIn, idIn, listIn } from "../books/client-book.ts";
import { decimalOf } from "../model/decimal.ts";
import { MALFORMED_REQUEST, UNKNOWN_PAYMENT, UNKNOWN_WALLET } from "../model/refusals.ts";
import { listOf, type LookUpCommand } from "../plans/commands/look-up.ts";
import { againstView } from "./payment-answers.ts";
import { shownSinceMs } from "./shown.ts";
import { againstRefusal, againstStatus, type Told } from "./told.ts";

/** A service gives so many where a client does not say how many. */
const LIMIT_DEFAULT = 50;

/** What a client looks up is there as it was at some moment meanwhile, and whole. */
export function againstLookUp(
  books: Books,
  command: LookUpCommand,
  told: Told,
): string | undefined {
  if (command.expects === "refused") {
    return againstRefusal(told, MALFORMED_REQUEST);
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

function againstPayments(books: Books, command: LookUpCommand, told: Told): string | undefined {
  const { limit, only } = command;
  const items = listIn(told.body, "payments");
  const most = limit ?? LIMIT_DEFAULT;
  const hasNext = fieldIn(told.body, "next") !== undefined;
  if (items.length > most || hasNext !== (items.length === most)) {
    return `is given ${items.length} payments, ${most} at most, and is told wrongly whether there are more`;
  }
  const isAskedFor = wantedPayments(books, command, told);
  const given = new Set<string>();
  let lastPlace = "";
  for (const item of items) {
    const payment = books.payments.get(idIn(item) ?? "");
    if (
      payment === undefined ||
      !isAskedFor(payment) ||
      shownSinceMs(books, payment, command) > told.atMs ||
      (only !== null && fieldIn(item, "status") !== only)
    ) {
      return "is given a payment that is not one of these";
    }
    const place = placeOf(payment);
    const found = againstView(payment, { ...told, body: item }, true);
    if (found !== undefined || place <= lastPlace) {
      return found ?? "is given payments out of order";
    }
    lastPlace = place;
    given.add(payment.id);
  }
  const isMissing = (payment: PaymentBook) =>
    !given.has(payment.id) &&
    isAskedFor(payment) &&
    shownSinceMs(books, payment, command) < told.askedAtMs &&
    wasAll(payment, only, told.askedAtMs) &&
    (items.length < most || placeOf(payment) < lastPlace);
  return [...books.payments.values()].some(isMissing) ? "is not given all payments" : undefined;
}

/** Which payments a list is asked for, whoever asks: of a wallet, after a time, after a page. */
function wantedPayments(
  { clients }: Books,
  command: LookUpCommand,
  { path }: Told,
): (payment: PaymentBook) => boolean {
  const asked = new URLSearchParams(path.slice(path.indexOf("?")));
  const createdAfter = asked.get("createdAfter");
  const after = asked.get("after");
  const end = after === null ? undefined : clients.pageEnds.get(`${listOf(command)} ${after}`);
  const begins = end === undefined ? "" : placeIn(fieldIn(end, "acceptedAtMs"), idIn(end));
  return (payment) =>
    isOf(payment, command.of) &&
    placeOf(payment) > begins &&
    (createdAfter === null || Number(payment.acceptedAtMs) > Number(createdAfter));
}

/** Whether a payment has been of that status ever since; of any where none is named. */
function wasAll({ status, terminalAtMs }: PaymentBook, only: string | null, sinceMs: number) {
  return only === null || (status === only && (terminalAtMs ?? -1) < sinceMs);
}

/** The place of a payment in a list, as a text that sorts. */
function placeOf({ acceptedAtMs, id }: PaymentBook): string {
  return placeIn(acceptedAtMs, id);
}

function placeIn(acceptedAtMs = "", id = ""): string {
  return `${acceptedAtMs.padStart(16)} ${id}`;
}

function isOf({ senderWalletId, receiverWalletId }: PaymentBook, walletId: string): boolean {
  return senderWalletId === walletId || receiverWalletId === walletId;
}

/** The acceptance, that its event was sent, and the end, each with its time, as far as they are. */
function againstEvents(books: Books, command: LookUpCommand, told: Told): string | undefined {
  const payment = books.payments.get(books.clients.toldIds.get(command.of) ?? "");
  const shownAtMs = payment === undefined ? Infinity : shownSinceMs(books, payment, command);
  if (payment === undefined || told.status === 404) {
    const known = books.clients.toldAtMs.get(command.of);
    const wasThere = known !== undefined && known < told.firstAskedAtMs;
    return wasThere && shownAtMs < told.askedAtMs
      ? "is told that its payment is not there"
      : againstRefusal(told, UNKNOWN_PAYMENT);
  }
  if (shownAtMs > told.atMs) {
    return "is told of a payment that is another's";
  }
  const { acceptedAtMs, terminalAtMs, settledAtMs, status, reason } = payment;
  const created = books.eventsOf.get(payment.id)?.find(({ topic }) => topic === "payment.created");
  const items = listIn(told.body, "events").map(
    (item) => `${fieldIn(item, "what")} ${fieldIn(item, "atMs")} ${fieldIn(item, "reason") ?? ""}`,
  );
  const published = `published ${created?.sentAtMs} `;
  const ended = `${status.toLowerCase()} ${settledAtMs} ${reason ?? ""}`;
  const isPublished = items.includes(published);
  const isEnded = items.includes(ended);
  // What was sent long ago is kept no longer.
  const mayLackIt =
    (created?.sentSinceMs ?? Infinity) >= told.askedAtMs ||
    books.pruned.some(({ row }) => row["event_id"] === created?.eventId);
  const mayLackEnd = terminalAtMs === null || terminalAtMs >= told.askedAtMs;
  const right = [
    `accepted ${acceptedAtMs} `,
    ...(isPublished ? [published] : []),
    ...(isEnded ? [ended] : []),
  ];
  const isTold =
    items.join() === right.join() && (isPublished || mayLackIt) && (isEnded || mayLackEnd);
  return againstStatus(told, 200) ?? (isTold ? undefined : "is told of other events");
}

function againstEntries(books: Books, command: LookUpCommand, told: Told): string | undefined {
  const { of, limit } = command;
  const wallet = books.wallets.get(of);
  if (told.status === 404 || wallet === undefined) {
    const openedAtMs = wallet?.history[0]?.sinceMs;
    return openedAtMs !== undefined && openedAtMs < told.askedAtMs
      ? "is told that it is not there"
      : againstRefusal(told, UNKNOWN_WALLET);
  }
  const asked = new URLSearchParams(told.path.slice(told.path.indexOf("?"))).get("after") ?? "0";
  const end = books.clients.pageEnds.get(`${listOf(command)} ${asked}`);
  const after = Number(end === undefined ? asked : fieldIn(end, "position"));
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
      fieldIn(item, "cause") === entry.cause &&
      fieldIn(item, "postedAtMs") === entry.postedAtMs &&
      fieldIn(item, "hash") === entry.hash
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
