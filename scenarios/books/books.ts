import { eventKey, parseEvent } from "../../system/domain/events.ts";
import type { ServiceName } from "../../system/process/services.ts";
import type { TopicRecord } from "../world.ts";

/**
 * What both databases hold, as the judge keeps it: fed change by change while commits are watched,
 * or all at once from a reading in the end. What `createBooks` makes is written by the tables of
 * `book-tables.ts`, and read by the promises.
 */
export interface Books {
  readonly wallets: ReadonlyMap<string, WalletBook>;
  /**
   * By currency: the sum of all customers' balances, the balance of the account that stands for
   * what is outside, and what came in from outside less what went out.
   */
  readonly balanceMinor: ReadonlyMap<string, bigint>;
  readonly outsideMinor: ReadonlyMap<string, bigint>;
  readonly fundingMinor: ReadonlyMap<string, bigint>;
  /** What the payment service says, by payment id. */
  readonly payments: ReadonlyMap<string, PaymentBook>;
  /** What the wallet service says, by payment id. */
  readonly movements: ReadonlyMap<string, MovementBook>;
  /** The entries of what came in from outside or went out, by its id. */
  readonly externalEntries: ReadonlyMap<string, EntryBook[]>;
  /** By service, then by event id. */
  readonly outboxes: ReadonlyMap<ServiceName, ReadonlyMap<string, OutboxBook>>;
  /** The client's key of a payment, by payment id: what the payment is called in a report. */
  readonly keys: ReadonlyMap<string, string>;
}

/** An account: a customer's wallet, or what stands for the outside in a currency. */
export interface WalletBook {
  readonly id: string;
  readonly kind: string;
  readonly currency: string;
  balanceMinor: bigint;
  /** Credits less debits. */
  entriesMinor: bigint;
}

export interface PaymentBook {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  status: string;
  reason: string | null;
}

export interface MovementBook {
  readonly entries: EntryBook[];
  decision: { readonly outcome: string; readonly reason: string | null } | undefined;
}

export interface EntryBook {
  readonly walletId: string;
  readonly direction: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

export interface OutboxBook {
  readonly eventId: string;
  readonly topic: string;
  /** The payment that it is about. */
  readonly paymentId: string;
  sent: boolean;
}

/** What a commit touched: promises judged at every commit look at this only. */
export interface Touched {
  readonly wallets: ReadonlySet<string>;
  /** Payment ids, on either side. */
  readonly payments: ReadonlySet<string>;
  /** Ids of what came in from outside or went out. */
  readonly externals: ReadonlySet<string>;
}

/** The books as they are written. */
export interface OpenBooks extends Books {
  readonly wallets: Map<string, WalletBook>;
  readonly balanceMinor: Map<string, bigint>;
  readonly outsideMinor: Map<string, bigint>;
  readonly fundingMinor: Map<string, bigint>;
  readonly payments: Map<string, PaymentBook>;
  readonly movements: Map<string, MovementBook>;
  readonly externalEntries: Map<string, EntryBook[]>;
  readonly outboxes: Map<ServiceName, Map<string, OutboxBook>>;
  readonly keys: Map<string, string>;
}

/** What a commit touched, while it is being entered. */
export interface TouchedSets {
  readonly wallets: Set<string>;
  readonly payments: Set<string>;
  readonly externals: Set<string>;
}

/** Empty books. */
export function createBooks(): OpenBooks {
  return {
    wallets: new Map(),
    balanceMinor: new Map(),
    outsideMinor: new Map(),
    fundingMinor: new Map(),
    payments: new Map(),
    movements: new Map(),
    externalEntries: new Map(),
    outboxes: new Map(),
    keys: new Map(),
  };
}

/** What the wallet service says of a payment; made where there is nothing yet. */
export function movementOf(books: OpenBooks, paymentId: string): MovementBook {
  return demand(books.movements, paymentId, () => ({ entries: [], decision: undefined }));
}

/** The entries of an external transfer; made where there are none yet. */
export function externalEntriesOf(books: OpenBooks, id: string): EntryBook[] {
  return demand(books.externalEntries, id, () => []);
}

/** A service's outbox; made where there is none yet. */
export function outboxOf(books: OpenBooks, service: ServiceName): Map<string, OutboxBook> {
  return demand(books.outboxes, service, () => new Map<string, OutboxBook>());
}

/** Adds to the sum of a currency. */
export function addTo(sums: Map<string, bigint>, currency: string, minor: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + minor);
}

/** Every event of every outbox. */
export function allOutboxEvents(books: Books): readonly OutboxBook[] {
  return [...books.outboxes.values()].flatMap((outbox) => [...outbox.values()]);
}

/** The short name of a payment in a report: the client's key, or the id where there is none. */
export function paymentName(books: Books, paymentId: string): string {
  return `payment ${books.keys.get(paymentId) ?? paymentId}`;
}

/** An event as a report names it: `payment.created of payment p3`. */
export function eventName(
  books: Books,
  { topic, paymentId }: { readonly topic: string; readonly paymentId: string },
): string {
  return `${topic} of ${paymentName(books, paymentId)}`;
}

/** What is on a topic as a report names it, where it is no event of ours too. */
export function recordName(books: Books, record: TopicRecord): string {
  const parsed = parseEvent(record.value);
  return parsed.kind === "event"
    ? eventName(books, { topic: parsed.event.type, paymentId: eventKey(parsed.event) })
    : `an unreadable record on ${record.topic} (${parsed.reason})`;
}

function demand<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  map.set(key, made);
  return made;
}
