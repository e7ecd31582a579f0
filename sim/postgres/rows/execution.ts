import type { PostgresHost } from "../ground/host.ts";
import type { Notice } from "../ground/notice.ts";
import type { LockManager } from "../locks/lock-manager.ts";
import type { Lock, LockMode, LockOwner } from "../locks/lock.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { ForeignKeyCheck } from "../storage/foreign-key-check.ts";
import type { RowValues } from "../storage/row.ts";
import type { Sequence } from "../storage/sequence.ts";
import type { RowVersion, StoredRow, Table } from "../storage/table.ts";
import type { Snapshot, Transaction } from "../storage/transaction.ts";
import type { SerializableTracker } from "./serializable-tracker.ts";
import type { SessionServices } from "./session-services.ts";
import type { Isolation } from "./transaction-modes.ts";

/**
 * Whoever knows the statement that is being executed. What works for one statement after another
 * asks it anew each time.
 */
export interface Executing {
  readonly execution: Execution;
}

/**
 * One statement being executed: all that a plan may touch of its session and engine. What works
 * for it alone may be given it in the place of one who knows it.
 */
export interface Execution extends Executing {
  readonly host: PostgresHost;
  readonly owner: LockOwner;
  readonly session: SessionServices;
  /** The catalog as the transaction sees it. */
  readonly catalog: Catalog;
  readonly locks: LockManager;
  /** The innermost open sub-transaction, or the transaction itself: what is written is its. */
  readonly transaction: Transaction;
  /** The transaction of which that is a part: whatever has the same `top` is the session's own. */
  readonly top: Transaction;
  readonly isolation: Isolation;
  readonly snapshot: Snapshot;
  /** Of a SERIALIZABLE transaction; null where nothing has to be tracked. */
  readonly tracker: SerializableTracker | null;
  readonly parameters: RowValues;
  /** When the transaction and the query began, in microseconds since 1970-01-01. */
  readonly transactionStartedUs: number;
  readonly statementStartedUs: number;
  /**
   * True when the lock was taken at once, for the transaction. Otherwise give `WAIT`: when the step
   * is asked for again, the lock is held.
   */
  takeLock(lock: Lock, mode: LockMode): boolean;
  /**
   * Where another session may run in between: before a row is changed or locked. True when it does;
   * then give `WAIT`.
   */
  pauses(): boolean;
  /** Queues a foreign-key check, which Postgres runs when the statement's own work is done. */
  queueCheck(check: ForeignKeyCheck): void;
  /**
   * A snapshot for a foreign-key check, which sees the statement's own changes: in READ COMMITTED
   * always of this moment, in REPEATABLE READ the transaction's own unless `now` is asked for.
   */
  takeCheckSnapshot(of: "transaction" | "now"): Snapshot;
  /** The lock that puts those who want one row version in line. */
  rowVersionLock(version: RowVersion): Lock;
  /**
   * The next number of a sequence. @throws waitSignal while another transaction alters the sequence
   */
  drawFrom(sequence: Sequence): bigint;
  /** The lock that drawing takes. @throws waitSignal while another transaction alters it */
  lockToDraw(sequence: Sequence): void;
  /** Tells the client something that is no error, at once. */
  notice(
    severity: Notice["severity"],
    code: string,
    message: string,
    parts?: Pick<Notice, "detail" | "hint">,
  ): void;
  /** Before a new version is stored. @throws PostgresError (53100) when the disk is full */
  demandSpace(): void;
  /** Notes a change for cleaning up after it and for the observer. */
  noteChange(row: StoredRow, table: Table, before: RowValues | null, after: RowValues | null): void;
}
