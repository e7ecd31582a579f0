import type { PostgresHost } from "../ground/host.ts";
import type { Notice } from "../ground/notice.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { waitSignal } from "../ground/wait.ts";
import type { LockManager } from "../locks/lock-manager.ts";
import { type Lock, type LockMode, type LockOwner, ROW_EXCLUSIVE } from "../locks/lock.ts";
import type { Execution } from "../rows/execution.ts";
import type { SerializableTracker } from "../rows/serializable-tracker.ts";
import type { SessionServices } from "../rows/session-services.ts";
import type { Isolation } from "../rows/transaction-modes.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { ForeignKeyCheck } from "../storage/foreign-key-check.ts";
import type { OpenTransaction } from "../storage/open-transaction.ts";
import type { RowValues } from "../storage/row.ts";
import type { Sequence } from "../storage/sequence.ts";
import type { RowVersion, StoredRow, Table } from "../storage/table.ts";
import type { Snapshot, Transaction } from "../storage/transaction.ts";
import type { SharedDatabase } from "./shared-database.ts";

const NO_CHECKS: readonly ForeignKeyCheck[] = [];
const NO_VALUES: RowValues = [];

/** What is no action: RESTRICT and the like act at once, whatever is deferred. */
function isPlain(check: ForeignKeyCheck): boolean {
  if (check.kind === "reference") {
    return true;
  }
  const { onDelete, onUpdate } = check.foreignKey;
  return (check.after === null ? onDelete : onUpdate) === "no action";
}

/** What a statement asks of its session. */
export interface StatementSession {
  readonly state: SessionServices;
  /** When the query came, in microseconds since 1970-01-01. */
  readonly startedUs: number;
  pauses(): boolean;
  tell(notice: Notice): void;
}

/** The transaction that a statement is part of. */
export interface StatementBlock {
  readonly transaction: OpenTransaction | null;
  readonly isolation: Isolation;
  readonly tracker: SerializableTracker | null;
}

/**
 * The one implementation of Execution: a statement of a session on a database. One object serves
 * statement after statement: `start`, and `end` when nothing of it is needed any more.
 */
export class StatementExecution implements Execution {
  parameters: RowValues = NO_VALUES;
  /** The number of the last command: the statement's own, or that of a check. */
  lastCommand = 0;
  #snapshot: Snapshot | null = null;
  /** Foreign-key checks that wait for the end of the statement's own work. */
  #checks: ForeignKeyCheck[] | null = null;
  #catalog: Catalog | null = null;
  readonly #database: SharedDatabase;
  readonly #session: StatementSession;
  readonly #block: StatementBlock;

  constructor(database: SharedDatabase, session: StatementSession, block: StatementBlock) {
    this.#database = database;
    this.#session = session;
    this.#block = block;
  }

  start(snapshot: Snapshot, parameters: RowValues): void {
    this.#snapshot = snapshot;
    this.lastCommand = snapshot.command;
    this.parameters = parameters;
    this.#checks = null;
    this.#catalog = null;
  }

  end(): void {
    this.#snapshot = null;
    this.parameters = NO_VALUES;
    this.#checks = null;
    this.#catalog = null;
  }

  get snapshot(): Snapshot {
    if (this.#snapshot === null) {
      throw new Error("a statement is executed that was not started");
    }
    return this.#snapshot;
  }

  get transaction(): Transaction {
    return this.#open.current;
  }

  get top(): Transaction {
    return this.#open.top;
  }

  get isolation(): Isolation {
    return this.#block.isolation;
  }

  get tracker(): SerializableTracker | null {
    return this.#block.tracker;
  }

  get #open(): OpenTransaction {
    const { transaction } = this.#block;
    if (transaction === null) {
      throw new Error("a statement is executed outside a transaction");
    }
    return transaction;
  }

  get execution(): Execution {
    return this;
  }

  get host(): PostgresHost {
    return this.#database.host;
  }

  get locks(): LockManager {
    return this.#database.locks;
  }

  get owner(): LockOwner {
    return this.#open.owner;
  }

  get session(): SessionServices {
    return this.#session.state;
  }

  get checks(): readonly ForeignKeyCheck[] {
    return this.#checks ?? NO_CHECKS;
  }

  get catalog(): Catalog {
    this.#catalog ??= this.#database.catalogOf(this.#open);
    return this.#catalog;
  }

  get transactionStartedUs(): number {
    return this.#open.startedUs;
  }

  get statementStartedUs(): number {
    return this.#session.startedUs;
  }

  takeLock(lock: Lock, mode: LockMode): boolean {
    return this.locks.take(lock, this.owner, mode);
  }

  pauses(): boolean {
    return this.#session.pauses();
  }

  queueCheck(check: ForeignKeyCheck): void {
    if (this.#open.isDeferred(check.foreignKey) && isPlain(check)) {
      this.#open.deferred.push(check);
    } else if (this.#checks === null) {
      this.#checks = [check];
    } else {
      this.#checks.push(check);
    }
  }

  takeCheckSnapshot(of: "transaction" | "now"): Snapshot {
    const { transaction, commitNumber } = this.snapshot;
    const current = of === "now" || this.isolation === "read committed";
    // What an earlier check did is seen by the later ones.
    this.lastCommand += 1;
    return {
      transaction,
      command: this.lastCommand,
      commitNumber: current ? this.#database.commitNumber : commitNumber,
    };
  }

  rowVersionLock(version: RowVersion): Lock {
    return this.#database.rowLock(version);
  }

  drawFrom(sequence: Sequence): bigint {
    this.lockToDraw(sequence);
    const drawn = sequence.next();
    this.session.noteDrawn(sequence, drawn);
    return drawn;
  }

  lockToDraw(sequence: Sequence): void {
    if (!this.takeLock(sequence.lock, ROW_EXCLUSIVE)) {
      throw waitSignal;
    }
  }

  notice(
    severity: Notice["severity"],
    code: string,
    message: string,
    parts: Pick<Notice, "detail" | "hint"> = {},
  ): void {
    this.#session.tell({ severity, code, message, ...parts });
  }

  demandSpace(): void {
    if (this.#database.diskIsFull) {
      const message = 'could not extend file "base/5/16384": No space left on device';
      throw new PostgresError("53100", message, { hint: "Check free disk space." });
    }
  }

  noteChange(
    row: StoredRow,
    table: Table,
    before: RowValues | null,
    after: RowValues | null,
  ): void {
    this.#database.noteChange(this.#open, row, { table, before, after });
  }
}
