import { ROWS, walletId } from "./workload.ts";

/**
 * The plainest MVCC in JavaScript that does the data work of the workload without SQL: no parser,
 * no types, no planner, no table locks, and whoever would have to wait fails. It tells what the
 * data work alone costs, so it does all of that work, and nothing else:
 *
 * - a snapshot for each statement, as READ COMMITTED takes it, and commands, so that a statement
 *   does not see what it does itself;
 * - versions of rows that point to the transactions that made and ended them;
 * - row locks that several may hold, in the modes in which the workload takes them;
 * - every index of the schema, the partial one too;
 * - NOT NULL, CHECK, unique keys, and foreign keys with the lock on the row that is referred to;
 * - clearing away what no open transaction can see any more;
 * - what ROLLBACK would take back, what an observer of commits is handed, and the rows that each
 *   statement answers.
 *
 * Its integers are numbers that are checked to be exact, as the engine's are.
 */
export class Yardstick {
  readonly #wallets = new Map<string, Row<Wallet>>();
  readonly #inbox = new Map<string, Row<Claim>>();
  readonly #entries = new Map<number, Row<Entry>>();
  readonly #entryKeys = new Map<string, Row<Entry>>();
  readonly #outbox = new Map<number, Row<OutboxRow>>();
  readonly #outboxKeys = new Map<string, Row<OutboxRow>>();
  readonly #outboxUnsent = new Map<number, Row<OutboxRow>>();
  readonly #open = new Set<Transaction>();
  #commitNumber = 0;
  #entriesMade = 0;
  #outboxMade = 0;
  /** What an observer of commits was handed last. */
  lastCommit: readonly Change[] = [];

  constructor() {
    const transaction = this.#begin();
    for (let at = 0; at < ROWS; at += 1) {
      const id = walletId(at);
      const row = this.#addRow<Wallet>(transaction, "wallets", [id, "OMR", 1_000_000_000, at]);
      this.#wallets.set(id, row);
      this.#appendOutbox(transaction, `seed-${at}`, "payments", at);
    }
    this.#commit(transaction);
  }

  /** The answers of the statements between BEGIN and COMMIT. */
  transfer(at: number): readonly Answer[] {
    const payment = `p${at}`;
    const [sender, receiver] = [walletId(at * 17), walletId(at * 17 + 1)];
    const transaction = this.#begin();
    const answers = [
      this.#claim(transaction, [payment, "payments", at]),
      this.#lockWallets(transaction, [sender, receiver]),
      this.#changeBalance(transaction, sender, -125),
      this.#changeBalance(transaction, receiver, 125),
      this.#post(transaction, [payment, sender, "debit", 125, at]),
      this.#post(transaction, [payment, receiver, "credit", 125, at]),
      this.#appendOutbox(transaction, `e${at}`, "settlements", at),
    ];
    this.#commit(transaction);
    return answers;
  }

  pointSelect(at: number): Answer {
    const transaction = this.#begin();
    this.#beginStatement(transaction);
    const row = demand(this.#wallets.get(walletId(at * 7)));
    const [id, currency, balance] = visibleIn(row, transaction).values;
    this.#commit(transaction);
    return { count: 1, rows: [[id, currency, balance]] };
  }

  insert(at: number): Answer {
    const transaction = this.#begin();
    const answer = this.#claim(transaction, [`i${at}`, "payments", at]);
    this.#commit(transaction);
    return answer;
  }

  update(at: number): Answer {
    const transaction = this.#begin();
    const answer = this.#changeBalance(transaction, walletId(at * 13), 1);
    this.#commit(transaction);
    return answer;
  }

  #begin(): Transaction {
    const transaction: Transaction = {
      fate: { isOpen: true, commitNumber: 0 },
      snapshot: this.#commitNumber,
      command: 0,
      undo: [],
      changes: [],
      touched: [],
    };
    this.#open.add(transaction);
    return transaction;
  }

  #beginStatement(transaction: Transaction): void {
    transaction.snapshot = this.#commitNumber;
    transaction.command += 1;
  }

  #commit(transaction: Transaction): void {
    this.#open.delete(transaction);
    transaction.fate.isOpen = false;
    if (transaction.changes.length === 0) {
      return;
    }
    this.#commitNumber += 1;
    transaction.fate.commitNumber = this.#commitNumber;
    let horizon = this.#commitNumber;
    for (const { snapshot } of this.#open) {
      horizon = Math.min(horizon, snapshot);
    }
    for (const row of transaction.touched) {
      clean(row, horizon);
    }
    this.lastCommit = transaction.changes;
  }

  /** INSERT ... ON CONFLICT DO NOTHING. */
  #claim(transaction: Transaction, values: Claim): Answer {
    this.#beginStatement(transaction);
    demandNoNulls(values, values.length);
    const [key] = values;
    if (this.#inbox.has(key)) {
      return NOTHING;
    }
    this.#inbox.set(key, this.#addRow(transaction, "inbox", values));
    transaction.undo.push(() => this.#inbox.delete(key));
    return INSERTED;
  }

  /** SELECT ... ORDER BY id FOR UPDATE. */
  #lockWallets(transaction: Transaction, ids: readonly string[]): Answer {
    this.#beginStatement(transaction);
    const rows = ids.toSorted().map((wanted) => {
      const version = visibleIn(demand(this.#wallets.get(wanted)), transaction);
      lock(version, transaction, FOR_UPDATE);
      const [id, currency, balance] = version.values;
      return [id, currency, balance];
    });
    return { count: rows.length, rows };
  }

  /** UPDATE ... RETURNING balance_minor. */
  #changeBalance(transaction: Transaction, wanted: string, by: number): Answer {
    this.#beginStatement(transaction);
    const row = demand(this.#wallets.get(wanted));
    const version = visibleIn(row, transaction);
    const [id, currency, before, openedAtMs] = version.values;
    const balance = before + by;
    if (balance < 0 || !Number.isSafeInteger(balance)) {
      throw new Error("below zero, or out of range");
    }
    demandNoRival(version, transaction, NO_KEY_UPDATE);
    const values: Wallet = [id, currency, balance, openedAtMs];
    demandNoNulls(values, values.length);
    version.endedBy = transaction.fate;
    version.endedAt = transaction.command;
    row.newest = newVersion(values, transaction, version);
    transaction.undo.push(() => {
      row.newest = version;
      version.endedBy = null;
    });
    transaction.touched.push(row);
    transaction.changes.push({ table: "wallets", before: version.values, after: values });
    return { count: 1, rows: [[balance]] };
  }

  #post(transaction: Transaction, values: Entry): Answer {
    this.#beginStatement(transaction);
    demandNoNulls(values, values.length);
    const [payment, wallet, direction, amount] = values;
    if (amount <= 0 || (direction !== "debit" && direction !== "credit")) {
      throw new Error("a check is violated");
    }
    this.#entriesMade += 1;
    const id = this.#entriesMade;
    const key = `${payment.length}:${payment}${direction}`;
    if (this.#entries.has(id) || this.#entryKeys.has(key)) {
      throw new Error("posted before");
    }
    const row = this.#addRow(transaction, "ledger_entries", values);
    this.#entries.set(id, row);
    this.#entryKeys.set(key, row);
    transaction.undo.push(() => this.#entries.delete(id) && this.#entryKeys.delete(key));
    // The check of a foreign key comes after the statement's own work, and sees it.
    transaction.command += 1;
    lock(visibleIn(demand(this.#wallets.get(wallet)), transaction), transaction, KEY_SHARE);
    return INSERTED;
  }

  #appendOutbox(transaction: Transaction, event: string, topic: string, atMs: number): Answer {
    this.#beginStatement(transaction);
    const values: OutboxRow = [event, topic, '{"amount":"0.125"}', atMs, null];
    demandNoNulls(values, values.length - 1);
    this.#outboxMade += 1;
    const id = this.#outboxMade;
    if (this.#outbox.has(id) || this.#outboxKeys.has(event)) {
      throw new Error("appended before");
    }
    const row = this.#addRow(transaction, "outbox", values);
    this.#outbox.set(id, row);
    this.#outboxKeys.set(event, row);
    if (values[4] === null) {
      this.#outboxUnsent.set(id, row);
    }
    transaction.undo.push(() => {
      this.#outbox.delete(id);
      this.#outboxKeys.delete(event);
      this.#outboxUnsent.delete(id);
    });
    return INSERTED;
  }

  #addRow<Values extends AnyValues>(
    transaction: Transaction,
    table: string,
    values: Values,
  ): Row<Values> {
    const row: Row<Values> = { newest: newVersion(values, transaction, undefined) };
    transaction.changes.push({ table, before: null, after: values });
    return row;
  }
}

function visibleIn<Values>(row: Row<Values>, transaction: Transaction): Version<Values> {
  let version: Version<Values> | undefined = row.newest;
  while (version !== undefined && !isVisible(version, transaction)) {
    version = version.older;
  }
  return demand(version);
}

function isVisible({ madeBy, madeAt, endedBy, endedAt }: AnyVersion, to: Transaction): boolean {
  return (
    hasHappened(madeBy, madeAt, to) && (endedBy === null || !hasHappened(endedBy, endedAt, to))
  );
}

function hasHappened(by: Fate, at: number, { fate, command, snapshot }: Transaction): boolean {
  return by === fate ? at < command : isCommittedBy(by, snapshot);
}

function isCommittedBy({ commitNumber }: Fate, number: number): boolean {
  return commitNumber > 0 && commitNumber <= number;
}

/** Who would have to wait fails. */
function demandNoRival(version: AnyVersion, transaction: Transaction, mode: Mode): void {
  const { lockers, endedBy } = version;
  if (endedBy !== null && endedBy !== transaction.fate) {
    throw new Error("changed by another");
  }
  for (const other of lockers) {
    const rivals = other.mode + mode >= FOR_UPDATE;
    if (rivals && other.of !== transaction.fate && other.of.isOpen) {
      throw new Error("locked by another");
    }
  }
}

function lock(version: AnyVersion, transaction: Transaction, mode: Mode): void {
  demandNoRival(version, transaction, mode);
  const { lockers } = version;
  if (lockers.some((one) => one.of === transaction.fate && one.mode >= mode)) {
    return;
  }
  // Those who ended hold nothing any more.
  version.lockers = lockers.filter((one) => one.of.isOpen);
  version.lockers.push({ of: transaction.fate, mode });
}

/** Lets go of the versions that no snapshot from the horizon on can see. */
function clean(row: Row<unknown>, horizon: number): void {
  let version: AnyVersion | undefined = row.newest;
  while (version !== undefined) {
    if (isCommittedBy(version.madeBy, horizon)) {
      version.older = undefined;
    }
    version = version.older;
  }
}

function demandNoNulls(values: AnyValues, count: number): void {
  for (let at = 0; at < count; at += 1) {
    if (values[at] === null) {
      throw new Error("a value is null");
    }
  }
}

function demand<Thing>(thing: Thing | undefined): Thing {
  if (thing === undefined) {
    throw new Error("no such row");
  }
  return thing;
}

/** Two of them conflict where their sum is that of FOR UPDATE or more. */
type Mode = 0 | 2 | 3;
const KEY_SHARE = 0;
const NO_KEY_UPDATE = 2;
const FOR_UPDATE = 3;

type AnyValues = readonly (string | number | null)[];
type Wallet = readonly [id: string, currency: string, balance: number, openedAtMs: number];
type Claim = readonly [eventId: string, topic: string, claimedAtMs: number];
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
  sent: number | null,
];

/** What a statement answers. */
interface Answer {
  readonly count: number;
  readonly rows: readonly AnyValues[];
}

const INSERTED: Answer = { count: 1, rows: [] };
const NOTHING: Answer = { count: 0, rows: [] };

interface Change {
  readonly table: string;
  readonly before: AnyValues | null;
  readonly after: AnyValues | null;
}

/** What is left of a transaction when it is over: versions and locks point to it. */
interface Fate {
  isOpen: boolean;
  /** The transaction's place in the order of commits; 0 until it commits. */
  commitNumber: number;
}

interface Transaction {
  readonly fate: Fate;
  snapshot: number;
  command: number;
  readonly undo: (() => unknown)[];
  readonly changes: Change[];
  /** Rows with a version to be cleared away once nobody can see it. */
  readonly touched: Row<unknown>[];
}

interface Row<Values> {
  newest: Version<Values>;
}

interface Version<Values> {
  readonly values: Values;
  readonly madeBy: Fate;
  readonly madeAt: number;
  endedBy: Fate | null;
  endedAt: number;
  lockers: Locker[];
  older: Version<Values> | undefined;
}

type AnyVersion = Version<unknown>;

interface Locker {
  readonly of: Fate;
  readonly mode: Mode;
}

const NOBODY: Locker[] = [];

function newVersion<Values>(
  values: Values,
  { fate: madeBy, command: madeAt }: Transaction,
  older: Version<Values> | undefined,
): Version<Values> {
  // What the transaction had locked it goes on having locked.
  const lockers = older?.lockers ?? NOBODY;
  return { values, madeBy, madeAt, endedBy: null, endedAt: 0, lockers, older };
}
