import { eventKey, parseEvent, type Event } from "../../system/domain/events.ts";
import type { Row } from "../../system/ports/database.ts";
import { DEFAULT_KNOBS, type Knobs } from "../../system/process/knobs.ts";
import { serviceOf, type ServiceName } from "../../system/process/services.ts";
import { LittleWallet, type Decision } from "../model/little-wallet.ts";
import type { Topology } from "../plans/topology.ts";
import type { TopicRecord } from "../world.ts";
import { createClientBook, type ClientBook } from "./client-book.ts";
import type { OpenProcessBook, ProcessBook } from "./process-book.ts";

/**
 * What both databases hold, as the judge keeps it: fed change by change while commits are watched,
 * or all at once from a reading in the end. What `createBooks` makes is written by the tables of
 * `book-tables.ts`, and read by the promises.
 */
export interface Books {
  /** True while they are fed commit by commit: then they know when, and in which order. */
  readonly isWatched: boolean;
  /** How many were entered. */
  readonly commits: number;
  /** The time of the commit that was entered last. */
  readonly nowMs: number;
  /** When time 0 was, by a clock that is right, in milliseconds since the Unix epoch. */
  readonly beganAtMs: number;
  /** The knobs of every process. */
  readonly knobs: Knobs;
  /** Whether the processes' clocks are right: nobody sets one. */
  readonly areClocksRight: boolean;
  /** The processes of the plan. */
  readonly topology: Topology;
  /** How many faults have struck; one more where the world is disturbed beside them. */
  readonly faultsStruck: number;
  /** By process. */
  readonly processes: ReadonlyMap<string, ProcessBook>;
  /** By process: the services for which it has a role. */
  readonly servicesOf: ReadonlyMap<string, ReadonlySet<ServiceName>>;
  /** What clients asked for, and were told. */
  readonly clients: ClientBook;
  readonly wallets: ReadonlyMap<string, WalletBook>;
  /**
   * By currency: the sum of all customers' balances, the balance of the account that stands for
   * what is outside, and what came in from outside less what went out.
   */
  readonly balanceMinor: ReadonlyMap<string, bigint>;
  readonly outsideMinor: ReadonlyMap<string, bigint>;
  readonly fundingMinor: ReadonlyMap<string, bigint>;
  /** What came in from outside or went out, or was refused, by its id. */
  readonly externals: ReadonlyMap<string, ExternalBook>;
  /** The external transfer of a client's key (`ownKey`). */
  readonly externalKeyed: ReadonlyMap<string, string>;
  /** The client's key of an external transfer, likewise. */
  readonly externalKeys: ReadonlyMap<string, string>;
  /** What the payment service says, by payment id. */
  readonly payments: ReadonlyMap<string, PaymentBook>;
  /** What the wallet service says, by payment id. */
  readonly movements: ReadonlyMap<string, MovementBook>;
  /** By payment: how much its sender was short of when it was refused for that. */
  readonly short: ReadonlyMap<string, bigint>;
  /** The entries of what came in from outside or went out, by its id. */
  readonly externalEntries: ReadonlyMap<string, EntryBook[]>;
  /** By service, then by event id. */
  readonly outboxes: ReadonlyMap<ServiceName, ReadonlyMap<string, OutboxBook>>;
  /** By service: who holds its outbox. */
  readonly leases: ReadonlyMap<ServiceName, LeaseBook>;
  /** Rows that their services have deleted, as they were, and as they may. */
  readonly pruned: readonly PrunedRow[];
  /** All events of a payment, by payment id. */
  readonly eventsOf: ReadonlyMap<string, readonly OutboxBook[]>;
  /** By service: the topics of the events that it has claimed, by event id. */
  readonly inboxes: ReadonlyMap<ServiceName, ReadonlyMap<string, string>>;
  /** By event id: when the payment service claimed it, by its clock. */
  readonly claimedAtMs: ReadonlyMap<string, string>;
  /** By service: the places of the messages that it has set aside, with the reasons. */
  readonly setAside: ReadonlyMap<ServiceName, ReadonlyMap<string, string>>;
  /** What reconciliation has noted, and its runs, each by its id. */
  readonly breaks: ReadonlyMap<string, BreakBook>;
  readonly reconciliations: ReadonlyMap<string, ReconciliationBook>;
  /** The client's key of a payment, by payment id: what the payment is called in a report. */
  readonly keys: ReadonlyMap<string, string>;
  /** Whose key that is, and the key (`ownKey`); and the payment of each of these. */
  readonly ownKeys: ReadonlyMap<string, string>;
  readonly keyed: ReadonlyMap<string, string>;
  /** The places of the records that no service has sent. */
  readonly strays: ReadonlySet<string>;
  /** What somebody has written into the databases past the services, by name. */
  readonly planted: ReadonlySet<string>;
  /** What is on the topics, by place, each record read once. */
  readonly placed: ReadonlyMap<string, PlacedRecord>;
  /** By payment: how much reversals that did not fail give back of it, and since when. */
  readonly reversed: ReadonlyMap<string, readonly ReversedMoment[]>;
  /** The events that were delivered, by topic and key: the one that was committed last. */
  readonly delivered: ReadonlyMap<string, OutboxBook>;
}

/** Something that does not agree, as reconciliation says. */
export interface BreakBook {
  readonly id: string;
  readonly class: string;
  /** `payment`, `account`, `message` and so on, and its name. */
  readonly subject: string;
  readonly detail: string;
  readonly isOpen: boolean;
}

/** A run of reconciliation. */
export interface ReconciliationBook {
  readonly id: string;
  readonly outcome: string;
  readonly failure: string | null;
  /** How many payments, entries and accounts it has looked at, and breaks it has found. */
  readonly examined: {
    readonly payments: number;
    readonly entries: number;
    readonly accounts: number;
  };
  readonly breaksFound: number;
  /** What it says of how long payments were under way, as JSON; null where it says nothing. */
  readonly inFlight: string | null;
}

/** An account: a customer's wallet, or what stands for the outside in a currency. */
export interface WalletBook {
  readonly id: string;
  readonly kind: string;
  readonly currency: string;
  readonly ownerId: string | null;
  /** When it was opened, in the order of all commits. */
  readonly openedAt: number;
  balanceMinor: bigint;
  /** Credits less debits. */
  entriesMinor: bigint;
  /** What its last ledger entry says that it left; null before the first. */
  lastAfterMinor: bigint | null;
  /** Every balance that it was seen to have, and since when. */
  /** Takes and gives no money. */
  frozen: boolean;
  /** How it was seen to be, and since when. */
  readonly history: WalletMoment[];
  /** Its ledger entries, in the order of their positions. */
  readonly entries: WalletEntry[];
}

export interface WalletEntry extends EntryBook {
  readonly position: string;
  readonly afterMinor: bigint;
  /** `payment:` or `external:`, and its id. */
  readonly cause: string;
  readonly hash: string;
  readonly seenAtMs: number;
}

export interface WalletMoment {
  readonly sinceMs: number;
  readonly balanceMinor: bigint;
  readonly frozen: boolean;
}

/** Money that came in from outside or went out, or was refused. */
export interface ExternalBook {
  readonly id: string;
  readonly walletId: string;
  readonly kind: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly decision: Decision;
  /** When, by the wallet service's clock. */
  readonly decidedAtMs: string;
  /** What the model decides in its place; undefined where the order is not known. */
  readonly due: Decision | undefined;
}

export interface PaymentBook {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  readonly orderedBy: string;
  readonly orderedAs: string;
  /** The payment that it gives back. */
  readonly reverses: string | null;
  /** When it was accepted, in the order of all commits, and in milliseconds. */
  readonly acceptedAt: number;
  readonly seenAtMs: number;
  readonly status: string;
  readonly reason: string | null;
  /** When it was first seen to be terminal, in milliseconds; null before. */
  readonly terminalAtMs: number | null;
  /** What its row says of when it was accepted and settled, by its service's clock. */
  readonly acceptedAtMs: string;
  readonly settledAtMs: string | null;
  /** What it was before, where it was terminal and did not stay so. */
  readonly overturned: string | null;
}

export interface MovementBook {
  readonly entries: EntryBook[];
  decision: Decision | undefined;
  /** When, by the wallet service's clock; empty before. */
  decidedAtMs: string;
  /** What the model decides in its place; undefined where the order is not known. */
  due: Decision | undefined;
}

export interface EntryBook {
  readonly walletId: string;
  readonly direction: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly postedAtMs: string;
}

export interface OutboxBook {
  readonly eventId: string;
  readonly topic: string;
  /** The payment that it is about. */
  readonly paymentId: string;
  /** The key under which it is to be sent. */
  readonly key: string;
  readonly payload: string;
  /** What the payload says; undefined where that is no event of ours. */
  readonly event: Event | undefined;
  /** What is wrong with the envelope of one that is. */
  readonly complaint: string | undefined;
  /** Its place in the order of all commits. */
  readonly committedAt: number;
  /** When that was, in milliseconds, and who committed it. */
  readonly appendedSinceMs: number;
  readonly appendedBy: string;
  sent: boolean;
  /** What its row says of when that was; null before. */
  sentAtMs: string | null;
  /** When it was seen to be sent, in milliseconds. */
  sentSinceMs: number | null;
}

/** Who publishes an outbox, as the last commit to its lease says. */
export interface LeaseBook {
  /** A relay; no other has the same name, nor has the same after a restart. */
  readonly holder: string;
  /** The process that took it, and when, in milliseconds. */
  readonly process: string;
  readonly takenAtMs: number;
  /** By its database's clock, in milliseconds since the Unix epoch. */
  readonly endsAtMs: number;
  /** How it was before that commit; undefined for the first. */
  readonly before: Pick<LeaseBook, "holder" | "endsAtMs"> | undefined;
}

export interface ReversedMoment {
  readonly sinceMs: number;
  readonly minor: bigint;
}

/** A row that its service needs no more. */
export interface PrunedRow {
  readonly service: ServiceName;
  readonly table: string;
  readonly row: Row;
}

/** A record of a topic, and the event that it carries; undefined where that is none of ours. */
export interface PlacedRecord {
  readonly record: TopicRecord;
  readonly event: Event | undefined;
}

/** A record that was handed to a consumer for the first time. */
export interface FirstDelivery {
  readonly event: string;
  /** The event of its key that was committed later and delivered before; null where none was. */
  readonly overtook: string | null;
}

/** What a commit touched: promises judged at every commit look at this only. */
export interface Touched {
  readonly service: ServiceName;
  readonly process: string;
  readonly wallets: ReadonlySet<string>;
  /** Payment ids, on either side. */
  readonly payments: ReadonlySet<string>;
  /** Ids of what came in from outside or went out. */
  readonly externals: ReadonlySet<string>;
  /** The events that it claimed. */
  readonly claims: ReadonlySet<string>;
  /** The events that it marked as sent. */
  readonly marked: ReadonlySet<string>;
  /** The events that it deleted from its outbox. */
  readonly deleted: ReadonlySet<string>;
  /** Whether it took, renewed or gave back its outbox. */
  readonly isLease: boolean;
  /** The ids of what reconciliation noted, and of its runs. */
  readonly breaks: ReadonlySet<string>;
  readonly reconciliations: ReadonlySet<string>;
}

/** The books as they are written. */
export interface OpenBooks extends Books {
  readonly model: LittleWallet;
  /** Counts commits, of both services. */
  commits: number;
  nowMs: number;
  faultsStruck: number;
  readonly processes: Map<string, OpenProcessBook>;
  readonly wallets: Map<string, WalletBook>;
  readonly balanceMinor: Map<string, bigint>;
  readonly outsideMinor: Map<string, bigint>;
  readonly fundingMinor: Map<string, bigint>;
  readonly payments: Map<string, PaymentBook>;
  readonly movements: Map<string, MovementBook>;
  readonly short: Map<string, bigint>;
  readonly externalEntries: Map<string, EntryBook[]>;
  readonly outboxes: Map<ServiceName, Map<string, OutboxBook>>;
  readonly leases: Map<ServiceName, LeaseBook>;
  readonly pruned: PrunedRow[];
  readonly externals: Map<string, ExternalBook>;
  readonly externalKeyed: Map<string, string>;
  readonly externalKeys: Map<string, string>;
  readonly reversed: Map<string, ReversedMoment[]>;
  readonly inboxes: Map<ServiceName, Map<string, string>>;
  readonly claimedAtMs: Map<string, string>;
  readonly setAside: Map<ServiceName, Map<string, string>>;
  readonly breaks: Map<string, BreakBook>;
  readonly reconciliations: Map<string, ReconciliationBook>;
  readonly keys: Map<string, string>;
  readonly ownKeys: Map<string, string>;
  readonly keyed: Map<string, string>;
  readonly placed: Map<string, PlacedRecord>;
  readonly eventsOf: Map<string, OutboxBook[]>;
  readonly delivered: Map<string, OutboxBook>;
  /** The ids of the events that were delivered. */
  readonly deliveredIds: Set<string>;
}

/** What a commit touched, while it is being entered. */
export interface TouchedSets {
  readonly wallets: Set<string>;
  readonly payments: Set<string>;
  readonly externals: Set<string>;
  readonly claims: Set<string>;
  readonly marked: Set<string>;
  readonly deleted: Set<string>;
  isLease: boolean;
  readonly breaks: Set<string>;
  readonly reconciliations: Set<string>;
}

/** What books know from the beginning. */
export interface BooksOrigin {
  readonly isWatched: boolean;
  readonly topology: Topology;
  readonly knobs: Knobs;
  readonly beganAtMs: number;
  readonly areClocksRight: boolean;
  readonly clients: ClientBook;
  /** The places of the records that no service has sent; grows while they are put there. */
  readonly strays: ReadonlySet<string>;
  /** The breaks that were planted; grows while they are. */
  readonly planted: ReadonlySet<string>;
}

const NOTHING_KNOWN: BooksOrigin = {
  isWatched: false,
  topology: [],
  knobs: DEFAULT_KNOBS,
  beganAtMs: 0,
  areClocksRight: true,
  clients: createClientBook(),
  strays: new Set(),
  planted: new Set(),
};

/** Empty books. */
export function createBooks({
  isWatched,
  topology,
  knobs,
  beganAtMs,
  areClocksRight,
  clients,
  strays,
  planted,
}: BooksOrigin = NOTHING_KNOWN): OpenBooks {
  return {
    isWatched,
    knobs,
    beganAtMs,
    areClocksRight,
    topology,
    faultsStruck: 0,
    processes: new Map(),
    servicesOf: new Map(topology.map(({ name, roles }) => [name, new Set(roles.map(serviceOf))])),
    clients,
    strays,
    planted,
    model: new LittleWallet(),
    commits: 0,
    nowMs: 0,
    wallets: new Map(),
    balanceMinor: new Map(),
    outsideMinor: new Map(),
    fundingMinor: new Map(),
    payments: new Map(),
    movements: new Map(),
    short: new Map(),
    externalEntries: new Map(),
    outboxes: new Map(),
    leases: new Map(),
    pruned: [],
    externals: new Map(),
    externalKeyed: new Map(),
    externalKeys: new Map(),
    reversed: new Map(),
    inboxes: new Map(),
    claimedAtMs: new Map(),
    setAside: new Map(),
    breaks: new Map(),
    reconciliations: new Map(),
    keys: new Map(),
    ownKeys: new Map(),
    keyed: new Map(),
    placed: new Map(),
    eventsOf: new Map(),
    delivered: new Map(),
    deliveredIds: new Set(),
  };
}

/** What the wallet service says of a payment; made where there is nothing yet. */
export function movementOf(books: OpenBooks, paymentId: string): MovementBook {
  return demand(books.movements, paymentId, () => ({
    entries: [],
    decision: undefined,
    decidedAtMs: "",
    due: undefined,
  }));
}

/** The entries of an external transfer; made where there are none yet. */
export function externalEntriesOf(books: OpenBooks, id: string): EntryBook[] {
  return demand(books.externalEntries, id, () => []);
}

/** A service's outbox; made where there is none yet. */
export function outboxOf(books: OpenBooks, service: ServiceName): Map<string, OutboxBook> {
  return demand(books.outboxes, service, () => new Map<string, OutboxBook>());
}

/** What a service has claimed; made where there is nothing yet. */
export function inboxOf(books: OpenBooks, service: ServiceName): Map<string, string> {
  return demand(books.inboxes, service, () => new Map<string, string>());
}

/** What a service has set aside; made where there is nothing yet. */
export function setAsideBy(books: OpenBooks, service: ServiceName): Map<string, string> {
  return demand(books.setAside, service, () => new Map<string, string>());
}

/** The events of an outbox that a process has appended. */
export function outboxEventsBy(
  { outboxes }: Books,
  service: ServiceName,
  process: string,
): readonly OutboxBook[] {
  return [...(outboxes.get(service)?.values() ?? [])].filter(
    ({ appendedBy }) => appendedBy === process,
  );
}

/** Reads a record of a topic, once. */
export function placeRecord(books: OpenBooks, record: TopicRecord): PlacedRecord {
  return demand(books.placed, placeName(record), () => {
    const parsed = parseEvent(record.value);
    return { record, event: parsed.kind === "event" ? parsed.event : undefined };
  });
}

/**
 * Enters the delivery of a record to a consumer; undefined for one that was delivered before, and
 * for what is no event of ours.
 */
export function deliver(books: OpenBooks, record: TopicRecord): FirstDelivery | undefined {
  const placed = placeRecord(books, record);
  const id = isStray(books, placed) ? undefined : placed.event?.id;
  const sent = id === undefined ? undefined : outboxEvent(books, id);
  if (sent === undefined || books.deliveredIds.has(sent.eventId)) {
    return undefined;
  }
  books.deliveredIds.add(sent.eventId);
  const lane = `${sent.topic} ${sent.key}`;
  const last = books.delivered.get(lane);
  if (last !== undefined && last.committedAt > sent.committedAt) {
    return { event: sent.eventId, overtook: last.eventId };
  }
  books.delivered.set(lane, sent);
  return { event: sent.eventId, overtook: null };
}

/** Whether no service has sent it: a copy of what one has sent is none. */
export function isStray(books: Books, { record, event }: PlacedRecord): boolean {
  return (
    books.strays.has(placeName(record)) &&
    (event === undefined || outboxEvent(books, event.id)?.payload !== record.value)
  );
}

/** Where a record lies: `payment.created/0/17`. */
export function placeName(record: {
  readonly topic: string;
  readonly partition: number | string;
  readonly offset: string;
}): string {
  return `${record.topic}/${record.partition}/${record.offset}`;
}

/** Adds to the sum of a currency. */
export function addTo(sums: Map<string, bigint>, currency: string, minor: bigint): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + minor);
}

/** An event of any outbox, by its id. */
export function outboxEvent(books: Books, eventId: string): OutboxBook | undefined {
  for (const outbox of books.outboxes.values()) {
    const event = outbox.get(eventId);
    if (event !== undefined) {
      return event;
    }
  }
  return undefined;
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

/** The value of a key; made where there is none. */
export function demand<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) {
    return known;
  }
  const made = make();
  map.set(key, made);
  return made;
}
