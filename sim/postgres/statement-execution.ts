import type { Database } from "./database.ts";
import type { Execution, Isolation } from "./execution.ts";
import type { Lock, LockOwner } from "./lock.ts";
import type { LockManager, Steps } from "./lock-manager.ts";
import type { PostgresHost } from "./host.ts";
import type { Row, RowVersion, StoredRow } from "./stored-row.ts";
import type { Table } from "./table.ts";
import type { Snapshot, Transaction } from "./transaction.ts";

/** The one implementation of Execution: a statement of a session on a database. */
export class StatementExecution implements Execution {
  readonly host: PostgresHost;
  readonly owner: LockOwner;
  readonly locks: LockManager;
  readonly transaction: Transaction;
  readonly isolation: Isolation;
  readonly snapshot: Snapshot;
  readonly parameters: Row;
  readonly afterStatement: (() => Steps<void>)[] = [];
  readonly #database: Database;

  constructor(
    database: Database,
    statement: {
      readonly isolation: Isolation;
      readonly snapshot: Snapshot;
      readonly parameters: Row;
    },
  ) {
    this.#database = database;
    this.host = database.host;
    this.locks = database.locks;
    this.transaction = statement.snapshot.transaction;
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
    const { isolation, parameters } = this;
    return new StatementExecution(this.#database, { isolation, parameters, snapshot });
  }

  rowVersionLock(version: RowVersion): Lock {
    return this.#database.rowLock(version);
  }

  advisoryLock(key: bigint): Lock {
    return this.#database.advisoryLock(key);
  }

  noteChange(row: StoredRow, table: Table, before: Row | null, after: Row | null): void {
    this.#database.noteChange(this.transaction, row, { table, before, after });
  }
}
