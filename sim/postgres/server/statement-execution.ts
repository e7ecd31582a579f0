import type { PostgresHost } from "../ground/host.ts";
import type { LockManager, Steps } from "../locks/lock-manager.ts";
import type { Lock, LockOwner } from "../locks/lock.ts";
import type { Execution, Isolation } from "../rows/execution.ts";
import type { OpenTransaction } from "../storage/open-transaction.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion, StoredRow, Table } from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";
import type { SharedDatabase } from "./shared-database.ts";

/** The one implementation of Execution: a statement of a session on a database. */
export class StatementExecution implements Execution {
  readonly host: PostgresHost;
  readonly owner: LockOwner;
  readonly locks: LockManager;
  readonly transaction: OpenTransaction;
  readonly isolation: Isolation;
  readonly snapshot: Snapshot;
  readonly parameters: RowValues;
  readonly afterStatement: (() => Steps<void>)[] = [];
  readonly #database: SharedDatabase;

  constructor(
    database: SharedDatabase,
    statement: {
      readonly transaction: OpenTransaction;
      readonly isolation: Isolation;
      readonly snapshot: Snapshot;
      readonly parameters: RowValues;
    },
  ) {
    this.#database = database;
    this.host = database.host;
    this.locks = database.locks;
    this.transaction = statement.transaction;
    this.owner = this.transaction.owner;
    this.isolation = statement.isolation;
    this.snapshot = statement.snapshot;
    this.parameters = statement.parameters;
  }

  takeCheckSnapshot(of: "transaction" | "now"): Snapshot {
    const { transaction, command, commitNumber } = this.snapshot;
    const current = of === "now" || this.isolation === "read committed";
    return {
      transaction,
      command: command + 1,
      commitNumber: current ? this.#database.commitNumber : commitNumber,
    };
  }

  withSnapshot(snapshot: Snapshot): Execution {
    const { transaction, isolation, parameters } = this;
    return new StatementExecution(this.#database, {
      transaction,
      isolation,
      parameters,
      snapshot,
    });
  }

  rowVersionLock(version: RowVersion): Lock {
    return this.#database.rowLock(version);
  }

  advisoryLock(key: bigint): Lock {
    return this.#database.advisoryLock(key);
  }

  noteChange(
    row: StoredRow,
    table: Table,
    before: RowValues | null,
    after: RowValues | null,
  ): void {
    this.#database.noteChange(this.transaction, row, { table, before, after });
  }
}
