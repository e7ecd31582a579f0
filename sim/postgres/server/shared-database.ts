import type { StatementPlan } from "../clauses/statement-plan.ts";
import type { PostgresHost } from "../ground/host.ts";
import { LockManager } from "../locks/lock-manager.ts";
import { Lock, type LockOwner } from "../locks/lock.ts";
import type { AdvisoryKey } from "../rows/session-services.ts";
import { SerializableTransactions } from "../serializable/serializable-transactions.ts";
import { Channels } from "../session/notifications.ts";
import { compileStatement, isDefinition } from "../statements/compile-statement.ts";
import { Catalog, SharedCatalog } from "../storage/catalog.ts";
import { type Commit, commitOf, type NotedChange } from "../storage/commit.ts";
import {
  OpenTransaction,
  type SubTransactionMark,
  type TransactionSession,
} from "../storage/open-transaction.ts";
import { cleanRow } from "../storage/row-cleaning.ts";
import type { RowVersion, StoredRow } from "../storage/table.ts";
import type { ParsedStatement } from "../syntax/postgres-parser.ts";

const PLANS_MAX = 10_000;
const FIRST_TRANSACTION_ID = 700;

interface CachedPlan {
  readonly plan: StatementPlan;
  readonly catalogVersion: number;
}

interface Leftover {
  readonly row: StoredRow;
  readonly commitNumber: number;
}

/**
 * What all sessions of a server share: catalog, locks, the order of commits, plans, and cleaning
 * up.
 */
export class SharedDatabase {
  readonly host: PostgresHost;
  readonly locks: LockManager;
  readonly catalog = new SharedCatalog();
  diskIsFull = false;
  readonly channels = new Channels();
  readonly serializable = new SerializableTransactions();
  /**
   * The oldest commit number that a snapshot in use still looks from, or null when none is in use.
   */
  readonly #oldestSnapshot: () => number | null;
  readonly #listeners: ((commit: Commit) => void)[] = [];
  readonly #plans = new Map<ParsedStatement, CachedPlan>();
  readonly #rowLocks = new Map<RowVersion, Lock>();
  readonly #advisoryLocks = new Map<AdvisoryKey, Lock>();
  #leftovers: Leftover[] = [];
  #commits = 0;
  #transactions = FIRST_TRANSACTION_ID;
  /** The numbers of open transactions; they are begun, and so stand here, in their order. */
  readonly #open = new Set<number>();
  /** The first of them; null where that has to be looked up anew. */
  #oldestOpen: number | null = null;

  constructor(
    host: PostgresHost,
    hooks: {
      readonly resume: (owner: LockOwner) => void;
      readonly oldestSnapshot: () => number | null;
    },
  ) {
    this.host = host;
    this.locks = new LockManager(host, hooks.resume);
    this.#oldestSnapshot = hooks.oldestSnapshot;
  }

  /** The number of the latest commit: what a snapshot taken now sees up to. */
  get commitNumber(): number {
    return this.#commits;
  }

  /** The catalog as a transaction sees it. */
  catalogOf(transaction: OpenTransaction): Catalog {
    return new Catalog(this.catalog, transaction, this.locks);
  }

  onCommit(listener: (commit: Commit) => void): void {
    this.#listeners.push(listener);
  }

  /** The number of the oldest transaction that is open, or the next one's. */
  get oldestOpen(): number {
    if (this.#oldestOpen === null && this.#open.size > 0) {
      const [oldest] = this.#open;
      this.#oldestOpen = oldest ?? null;
    }
    return this.#oldestOpen ?? this.#transactions + 1;
  }

  begin(owner: LockOwner, session: TransactionSession): OpenTransaction {
    this.#transactions += 1;
    this.#open.add(this.#transactions);
    return new OpenTransaction(this.#transactions, owner, session);
  }

  /** SAVEPOINT. */
  beginSub(open: OpenTransaction): SubTransactionMark {
    this.#transactions += 1;
    return open.beginSub(this.#transactions);
  }

  /** RELEASE: its locks become those of the transaction around it. */
  releaseSub(open: OpenTransaction, mark: SubTransactionMark): void {
    const standIns = open.releaseSub(mark);
    this.locks.releaseFrom(open.owner, open.owner.held.length, standIns);
  }

  /** ROLLBACK TO: the work since the mark is taken back, and the locks taken since are released. */
  abortSub(open: OpenTransaction, mark: SubTransactionMark): void {
    const standIns = open.abortSub(mark, (row) => cleanRow(row, this.#horizon()));
    this.locks.releaseFrom(open.owner, mark.locks, standIns);
  }

  /**
   * The plan of a statement, compiled once per catalog version; a transaction that has defined
   * something sees its own.
   */
  planFor(statement: ParsedStatement, transaction: OpenTransaction): StatementPlan {
    const catalogVersion = this.catalog.version;
    const cached = transaction.defines ? undefined : this.#plans.get(statement);
    if (cached !== undefined && cached.catalogVersion === catalogVersion) {
      return cached.plan;
    }
    const plan = compileStatement(this.catalogOf(transaction), statement);
    if (!transaction.defines && !isDefinition(statement)) {
      if (this.#plans.size >= PLANS_MAX) {
        this.#plans.clear();
      }
      this.#plans.set(statement, { plan, catalogVersion });
    }
    return plan;
  }

  /**
   * Makes the transaction's work durable and visible, tells the observers, and lets the waiters go
   * on.
   */
  commit(transaction: OpenTransaction): void {
    const { touched, changes } = transaction;
    this.#forget(transaction);
    if (transaction.wrote) {
      this.#commits += 1;
    }
    if (transaction.defines) {
      this.catalog.version += 1;
    }
    for (const publish of transaction.publish) {
      publish();
    }
    const standIns = transaction.end("committed", this.#commits);
    for (const row of touched) {
      const { oldest } = row;
      if (oldest !== null && (oldest.newer !== null || oldest.endedBy?.top === transaction.top)) {
        this.#leftovers.push({ row, commitNumber: this.#commits });
      }
    }
    this.serializable.end(transaction.top, true);
    this.locks.releaseFrom(transaction.owner, 0, standIns);
    this.#cleanUp();
    if (changes.length === 0 || this.#listeners.length === 0) {
      return;
    }
    const commit = commitOf(transaction.applicationName, changes);
    for (const listener of this.#listeners) {
      listener(commit);
    }
  }

  /** Takes the transaction's work back and lets the waiters go on. */
  abort(transaction: OpenTransaction): void {
    this.#forget(transaction);
    const standIns = transaction.end("aborted", 0);
    this.serializable.end(transaction.top, false);
    for (const undefine of transaction.undefine.toReversed()) {
      undefine();
    }
    for (const row of transaction.touched) {
      cleanRow(row, this.#horizon());
    }
    this.locks.releaseFrom(transaction.owner, 0, standIns);
    this.#cleanUp();
  }

  /** Notes a change of a row: for cleaning up after it, and for the observers if there are any. */
  noteChange(transaction: OpenTransaction, row: StoredRow, change: NotedChange): void {
    transaction.touched.push(row);
    if (this.#listeners.length > 0) {
      transaction.changes.push(change);
    }
  }

  rowLock(version: RowVersion): Lock {
    const description = `tuple (0,${version.row.id}) of relation ${version.row.table.name}`;
    return demandLock(this.#rowLocks, version, description);
  }

  advisoryLock(key: AdvisoryKey): Lock {
    return demandLock(this.#advisoryLocks, key, `advisory lock ${key}`);
  }

  /**
   * Recovery: sequences go on after what was reserved. Open transactions have been aborted before.
   */
  crash(): void {
    for (const entries of this.catalog.names.values()) {
      for (const { meaning } of entries) {
        if (meaning.kind === "sequence") {
          meaning.sequence.crash();
        }
      }
    }
  }

  #forget({ top }: OpenTransaction): void {
    this.#open.delete(top.id);
    if (this.#oldestOpen === top.id) {
      this.#oldestOpen = null;
    }
  }

  #horizon(): number {
    return this.#oldestSnapshot() ?? this.#commits;
  }

  #cleanUp(): void {
    if (this.#leftovers.length === 0) {
      return;
    }
    const horizon = this.#horizon();
    const kept = this.#leftovers.findIndex(({ commitNumber }) => commitNumber > horizon);
    const due = this.#leftovers.splice(0, kept < 0 ? this.#leftovers.length : kept);
    for (const { row } of due) {
      cleanRow(row, horizon);
    }
  }
}

function demandLock<Key>(locks: Map<Key, Lock>, key: Key, description: string): Lock {
  let lock = locks.get(key);
  if (lock === undefined) {
    lock = new Lock(description, () => locks.delete(key));
    locks.set(key, lock);
  }
  return lock;
}
