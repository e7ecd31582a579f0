import { ROWS, walletId } from "./workload.ts";

/**
 * The plainest MVCC in JavaScript that does the data work of the workload without SQL: versions,
 * snapshots, row locks, unique keys, foreign keys with their locks, checks, an undo list and a
 * log of what was committed. No parser, no types, no waiting, no planner. It tells what the data
 * work alone costs.
 */
export class Yardstick {
  readonly #wallets = new Map<string, Version<Wallet>>();
  readonly #inbox = new Map<string, Version<readonly [string, string, number]>>();
  readonly #entries = new Map<number, Version<Entry>>();
  readonly #entryKeys = new Map<string, Version<Entry>>();
  readonly #outbox = new Map<number, Version<OutboxRow>>();
  readonly #outboxKeys = new Map<string, Version<OutboxRow>>();
  #commitNumber = 0;
  #entriesMade = 0;
  #outboxMade = 0;
  /** What an observer of commits would be handed, last. */
  lastCommit: readonly unknown[] = [];

  constructor() {
    const transaction = this.#begin();
    for (let at = 0; at < ROWS; at += 1) {
      const id = walletId(at);
      this.#wallets.set(id, newVersion([id, "OMR", 1_000_000_000, at], transaction, undefined));
      this.#appendOutbox(transaction, [`seed-${at}`, "payments", "{}", at, null]);
    }
    this.#commit(transaction);
  }

  transfer(at: number): void {
    const payment = `p${at}`;
    const [sender, receiver] = [walletId(at * 17), walletId(at * 17 + 1)];
    const transaction = this.#begin();
    this.#claim(transaction, [payment, "payments", at]);
    const locked = [sender, receiver].toSorted().map((id) => this.#lock(transaction, id).values);
    if (locked.length !== 2) {
      throw new Error("a wallet is missing");
    }
    this.#changeBalance(transaction, sender, -125);
    this.#changeBalance(transaction, receiver, 125);
    this.#post(transaction, [payment, sender, "debit", 125, at]);
    this.#post(transaction, [payment, receiver, "credit", 125, at]);
    this.#appendOutbox(transaction, [`e${at}`, "settlements", '{"amount":"0.125"}', at, null]);
    this.#commit(transaction);
  }

  pointSelect(at: number): Wallet {
    return this.#visible(this.#wallets.get(walletId(at * 7)), this.#begin()).values;
  }

  insert(at: number): void {
    const transaction = this.#begin();
    this.#claim(transaction, [`i${at}`, "payments", at]);
    this.#commit(transaction);
  }

  update(at: number): void {
    const transaction = this.#begin();
    this.#changeBalance(transaction, walletId(at * 13), 1);
    this.#commit(transaction);
  }

  #begin(): Transaction {
    return { snapshot: this.#commitNumber, committedAs: 0, undo: [], log: [], locked: [] };
  }

  #commit(transaction: Transaction): void {
    this.#commitNumber += 1;
    transaction.committedAs = this.#commitNumber;
    for (const version of transaction.locked) {
      version.locker = null;
    }
    this.lastCommit = transaction.log;
  }

  #claim(transaction: Transaction, row: readonly [string, string, number]): void {
    if (this.#inbox.has(row[0])) {
      throw new Error("claimed before");
    }
    this.#inbox.set(row[0], newVersion(row, transaction, undefined));
    transaction.undo.push(() => this.#inbox.delete(row[0]));
    transaction.log.push(row);
  }

  #lock(transaction: Transaction, id: string): Version<Wallet> {
    const version = this.#visible(this.#wallets.get(id), transaction);
    if (version.locker !== null && version.locker !== transaction) {
      throw new Error("locked by another");
    }
    version.locker = transaction;
    transaction.locked.push(version);
    return version;
  }

  #changeBalance(transaction: Transaction, id: string, by: number): void {
    const version = this.#lock(transaction, id);
    const [, currency, balance, openedAtMs] = version.values;
    if (balance + by < 0) {
      throw new Error("below zero");
    }
    const changed: Wallet = [id, currency, balance + by, openedAtMs];
    version.endedBy = transaction;
    // What nobody's snapshot can see any more goes.
    const older = version.older?.endedBy === null ? version.older : undefined;
    version.older = older;
    this.#wallets.set(id, newVersion(changed, transaction, version));
    transaction.undo.push(() => this.#wallets.set(id, version));
    transaction.log.push(version.values, changed);
  }

  #post(transaction: Transaction, row: Entry): void {
    const key = `${row[0]} ${row[2]}`;
    if (this.#entryKeys.has(key) || row[3] <= 0 || (row[2] !== "debit" && row[2] !== "credit")) {
      throw new Error("no such entry");
    }
    this.#lock(transaction, row[1]);
    this.#entriesMade += 1;
    const id = this.#entriesMade;
    const version = newVersion(row, transaction, undefined);
    this.#entries.set(id, version);
    this.#entryKeys.set(key, version);
    transaction.undo.push(() => this.#entries.delete(id) && this.#entryKeys.delete(key));
    transaction.log.push(row);
  }

  #appendOutbox(transaction: Transaction, row: OutboxRow): void {
    if (this.#outboxKeys.has(row[0])) {
      throw new Error("appended before");
    }
    this.#outboxMade += 1;
    const id = this.#outboxMade;
    const version = newVersion(row, transaction, undefined);
    this.#outbox.set(id, version);
    this.#outboxKeys.set(row[0], version);
    transaction.undo.push(() => this.#outbox.delete(id) && this.#outboxKeys.delete(row[0]));
    transaction.log.push(row);
  }

  #visible<Values>(newest: Version<Values> | undefined, transaction: Transaction): Version<Values> {
    for (let version = newest; version !== undefined; version = version.older) {
      const { madeBy } = version;
      const isMade =
        madeBy === transaction ||
        (madeBy.committedAs > 0 && madeBy.committedAs <= transaction.snapshot);
      if (isMade) {
        return version;
      }
    }
    throw new Error("no such row");
  }
}

type Wallet = readonly [id: string, currency: string, balance: number, openedAtMs: number];
type Entry = readonly [
  payment: string,
  wallet: string,
  direction: string,
  amount: number,
  atMs: number,
];
type OutboxRow = readonly [
  eventId: string,
  topic: string,
  payload: string,
  atMs: number,
  sent: null,
];

interface Transaction {
  readonly snapshot: number;
  committedAs: number;
  readonly undo: (() => unknown)[];
  readonly log: unknown[];
  readonly locked: Version<unknown>[];
}

interface Version<Values> {
  readonly values: Values;
  readonly madeBy: Transaction;
  endedBy: Transaction | null;
  locker: Transaction | null;
  older: Version<Values> | undefined;
}

function newVersion<Values>(
  values: Values,
  madeBy: Transaction,
  older: Version<Values> | undefined,
): Version<Values> {
  return { values, madeBy, endedBy: null, locker: null, older };
}
