import type { PostgresHost } from "../ground/host.ts";
import type { LockManager, Steps } from "../locks/lock-manager.ts";
import type { Lock, LockOwner } from "../locks/lock.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion, StoredRow, Table } from "../storage/table.ts";
import type { Snapshot, Transaction } from "../storage/transaction.ts";

/** The isolation levels that are simulated. */
export type Isolation = "read committed" | "repeatable read";

/** One statement being executed: all that a plan may touch of its session and engine. */
export interface Execution {
  readonly host: PostgresHost;
  readonly owner: LockOwner;
  readonly locks: LockManager;
  readonly transaction: Transaction;
  readonly isolation: Isolation;
  readonly snapshot: Snapshot;
  readonly parameters: RowValues;
  /** Foreign-key checks, which Postgres runs when the statement's own work is done. */
  readonly afterStatement: (() => Steps<void>)[];
  /**
   * A snapshot for a foreign-key check, which sees the statement's own changes: in READ COMMITTED
   * always of this moment, in REPEATABLE READ the transaction's own unless `now` is asked for.
   */
  takeCheckSnapshot(of: "transaction" | "now"): Snapshot;
  /** The same statement looking through another snapshot. */
  withSnapshot(snapshot: Snapshot): Execution;
  /** The lock that puts those who want one row version in line. */
  rowVersionLock(version: RowVersion): Lock;
  advisoryLock(key: bigint): Lock;
  /** Notes a change for cleaning up after it and for the observer. */
  noteChange(row: StoredRow, table: Table, before: RowValues | null, after: RowValues | null): void;
}
