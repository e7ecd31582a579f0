import {
  paymentName,
  type Books,
  type ExternalBook,
  type OutboxBook,
  type PaymentBook,
} from "../books/books.ts";
import { isSameTransfer } from "../books/client-book.ts";
import { moneyWords } from "../books/money-words.ts";
import type { AskedExternal } from "../model/little-wallet.ts";
import type { AskedReversal, AskedTransfer } from "../model/request-rules.ts";
import { isStepOfKey } from "../plans/trace-of-key.ts";
import { givesBack } from "./payment-answers.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";
import { openedWith } from "./wallet-answers.ts";

export const sidesAgree: SystemPromise = {
  name: "sides-agree",
  sentence:
    "Amount, currency, parties, reason, time and trace are the same in the request, the payment row, the events, the entries, the decision and the answers.",
  judged: "at every commit, and at the end",
  atCommit: (books, touched) => [
    ...judgePayments(books, touched.payments),
    ...judgeWallets(books, touched.wallets),
    ...judgeExternals(books, touched.externals),
  ],
  atEnd: ({ books }) => [
    ...judgePayments(books, new Set([...books.payments.keys(), ...books.movements.keys()])),
    ...judgeWallets(books, books.wallets.keys()),
    ...judgeExternals(books, books.externals.keys()),
  ],
  outOf: ({ books }) => [
    { count: books.payments.size, noun: "payments" },
    { count: books.wallets.size, noun: "wallets" },
    { count: books.externals.size, noun: "external transfers" },
  ],
};

function judgePayments(books: Books, paymentIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of paymentIds) {
    const payment = books.payments.get(id);
    const found =
      payment === undefined
        ? undefined
        : (againstRequest(books, payment) ??
          againstEvents(books, payment) ??
          againstEntries(books, payment) ??
          againstReason(books, payment) ??
          againstTimes(books, payment));
    if (found !== undefined) {
      breaches.push({ subject: paymentName(books, id), found });
    }
  }
  return breaches;
}

function againstRequest(books: Books, payment: PaymentBook): string | undefined {
  const { clients, ownKeys } = books;
  const key = ownKeys.get(payment.id);
  if (key === undefined) {
    // Its client is not known: that is for `answers-hold`.
    return undefined;
  }
  if (payment.reverses !== null) {
    return againstReversal(books, payment, clients.reversals.get(key) ?? []);
  }
  const asked = clients.transfers.get(key) ?? [];
  return payment.orderedAs === "owner" && asked.some((each) => isSameTransfer(each, payment))
    ? undefined
    : `is recorded as ${transferWords(payment)}, and nobody asked for that with its key`;
}

/** What is given back goes the other way round, and is never more than there was. */
function againstReversal(
  books: Books,
  payment: PaymentBook,
  asked: readonly AskedReversal[],
): string | undefined {
  const original = books.payments.get(payment.reverses ?? "");
  if (original === undefined) {
    return "gives back a payment that is not there";
  }
  const { senderWalletId, receiverWalletId, currency, orderedAs } = payment;
  const isOtherWay =
    orderedAs === "operator" &&
    senderWalletId === original.receiverWalletId &&
    receiverWalletId === original.senderWalletId &&
    currency === original.currency;
  const isAsked = asked.some(
    (each) =>
      givesBack(payment, each) &&
      (each.amount !== null || wasLeft(books, original, payment.amountMinor)),
  );
  if (original.reverses !== null || original.status !== "COMPLETED") {
    return `gives back a payment that is ${original.reverses === null ? original.status : "a reversal itself"}`;
  }
  if (!isOtherWay || !isAsked) {
    return `gives back ${transferWords(payment)}, and nobody asked for that with its key`;
  }
  const given = books.reversed.get(original.id)?.at(-1)?.minor ?? 0n;
  return given <= original.amountMinor
    ? undefined
    : `is one of reversals that give back ${given} minor units of ${original.amountMinor}`;
}

/** Whether so much was left of a payment at some moment. */
function wasLeft({ reversed, isWatched }: Books, { id, amountMinor }: PaymentBook, minor: bigint) {
  const given = [0n, ...(reversed.get(id) ?? []).map((moment) => moment.minor)];
  // In which order they were accepted is known commit by commit, or not at all.
  return !isWatched || given.some((each) => amountMinor - each === minor);
}

function againstEvents(books: Books, payment: PaymentBook): string | undefined {
  const events = books.eventsOf.get(payment.id) ?? [];
  for (const each of events) {
    const found = againstEvent(books, payment, each);
    if (found !== undefined) {
      return found;
    }
  }
  const steps = new Set(events.map(({ event }) => event?.trace?.spanId));
  return steps.size === events.length ? undefined : "has two events that are one step of a trace";
}

function againstEvent(
  books: Books,
  payment: PaymentBook,
  { event, topic, eventId, complaint }: OutboxBook,
): string | undefined {
  if (event === undefined || event.type !== topic || event.id !== eventId) {
    return `has an event on ${topic} that is not what its outbox row says`;
  }
  if (complaint !== undefined) {
    return `has an event on ${topic} whose ${complaint}`;
  }
  const key = books.keys.get(payment.id);
  if (key !== undefined && !(event.trace && isStepOfKey(event.trace, key))) {
    return `has an event on ${topic} that is no step of the trace of its request`;
  }
  const decision = books.movements.get(payment.id)?.decision;
  switch (event.type) {
    case "payment.created": {
      const { money, ...parties } = event.payment;
      const told = { ...money, ...parties };
      return told.orderedAs === payment.orderedAs && isSameTransfer(told, payment)
        ? undefined
        : `is recorded as ${transferWords(payment)}, and its event says ${transferWords(told)}`;
    }
    case "payment.completed":
      return decision?.outcome === "completed"
        ? undefined
        : "has the event payment.completed, and the wallet did not decide so";
    case "payment.failed":
      return decision?.outcome === "refused" && decision.reason === event.reason
        ? undefined
        : `has the event payment.failed with ${event.reason}, and the wallet decided ${decision?.reason ?? "otherwise"}`;
  }
}

function againstEntries(books: Books, payment: PaymentBook): string | undefined {
  for (const entry of books.movements.get(payment.id)?.entries ?? []) {
    const party = entry.direction === "debit" ? payment.senderWalletId : payment.receiverWalletId;
    if (entry.walletId !== party) {
      return `has a ${entry.direction} of ${entry.walletId}, and it is one of ${party}`;
    }
    if (entry.amountMinor !== payment.amountMinor || entry.currency !== payment.currency) {
      const posted = moneyWords(entry.amountMinor, entry.currency);
      return `is recorded as ${transferWords(payment)}, and its ${entry.direction} is ${posted}`;
    }
    if (books.wallets.get(entry.walletId)?.currency !== entry.currency) {
      return `has a ${entry.direction} in ${entry.currency}, which ${entry.walletId} does not hold`;
    }
  }
  return undefined;
}

function againstReason(books: Books, { id, status, reason }: PaymentBook): string | undefined {
  const decided = books.movements.get(id)?.decision?.reason ?? null;
  const right = status === "FAILED" ? decided : null;
  return reason === right
    ? undefined
    : `is ${status} with the reason ${reason ?? "none"}, and that is to be ${right ?? "none"}`;
}

/**
 * One moment is written down as one: the acceptance in the row and the event, the decision in its
 * row, the entries and the event, the settlement in the row and the inbox.
 */
function againstTimes(books: Books, { id, acceptedAtMs, status, settledAtMs }: PaymentBook) {
  const { entries = [], decision, decidedAtMs } = books.movements.get(id) ?? {};
  const events = books.eventsOf.get(id) ?? [];
  const claims = events.flatMap(({ eventId }) => books.claimedAtMs.get(eventId) ?? []);
  const isOne =
    events.every(
      ({ event, topic }) =>
        String(event?.atMs) === (topic === "payment.created" ? acceptedAtMs : decidedAtMs),
    ) &&
    (decision === undefined || entries.every(({ postedAtMs }) => postedAtMs === decidedAtMs)) &&
    (status === "PENDING"
      ? settledAtMs === null
      : claims.length === 0 || claims.some((claimedAtMs) => claimedAtMs === settledAtMs));
  return isOne ? undefined : "has two times for one moment";
}

/** A wallet is what one of its clients asked for, and so is what came into it from outside. */
function judgeWallets(books: Books, walletIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of walletIds) {
    const wallet = books.wallets.get(id);
    if (wallet?.kind !== "customer") {
      continue;
    }
    const { currency, frozen, ownerId } = wallet;
    const subject = `wallet ${id}`;
    const openingMinor = openedWith(books, id);
    const asked = books.clients.openings.get(id) ?? [];
    const isAsked = asked.some(
      (each) =>
        each.currency === currency &&
        each.fundingMinor === openingMinor &&
        each.ownerId === ownerId,
    );
    if (!isAsked) {
      const opened = `${moneyWords(openingMinor, currency)} for ${ownerId ?? "nobody"}`;
      breaches.push({ subject, found: `is opened with ${opened}, and nobody asked for that` });
    }
    if (frozen && !books.clients.freezes.has(id)) {
      breaches.push({ subject, found: "is frozen, and nobody asked for that" });
    }
  }
  return breaches;
}

/** Money from outside, or to it, is what a client asked for, and so are its entries. */
function judgeExternals(books: Books, ids: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of ids) {
    const external = books.externals.get(id);
    if (external === undefined || external.kind === "opening") {
      continue;
    }
    const asked = books.clients.externals.get(books.externalKeys.get(id) ?? "") ?? [];
    const found = asked.some((each) => isSameExternal(each, external))
      ? againstExternalEntries(books, external)
      : "is there, and nobody asked for it with its key";
    if (found !== undefined) {
      breaches.push({ subject: `external transfer ${id}`, found, noun: "external transfers" });
    }
  }
  return breaches;
}

function isSameExternal(asked: AskedExternal, external: ExternalBook): boolean {
  return (
    asked.kind === external.kind &&
    asked.walletId === external.walletId &&
    asked.amountMinor === external.amountMinor &&
    asked.currency === external.currency
  );
}

function againstExternalEntries(books: Books, external: ExternalBook): string | undefined {
  const side = external.kind === "withdrawal" ? "debit" : "credit";
  const own = books.externalEntries
    .get(external.id)
    ?.find(({ walletId }) => walletId === external.walletId);
  return own === undefined ||
    (own.postedAtMs === external.decidedAtMs &&
      own.direction === side &&
      own.amountMinor === external.amountMinor &&
      own.currency === external.currency)
    ? undefined
    : `has a ${own.direction} of ${moneyWords(own.amountMinor, own.currency)}, and it is another`;
}

function transferWords(asked: AskedTransfer): string {
  const { amountMinor, currency, senderWalletId, receiverWalletId, orderedBy } = asked;
  const money = moneyWords(amountMinor, currency);
  return `${money} from ${senderWalletId} to ${receiverWalletId} for ${orderedBy}`;
}
