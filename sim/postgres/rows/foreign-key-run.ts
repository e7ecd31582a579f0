import { PostgresError, serializationFailure } from "../ground/postgres-error.ts";
import { WAIT, type Wait } from "../ground/wait.ts";
import { ROW_SHARE } from "../locks/lock.ts";
import { type ForeignKeyCheck, isSameKey, valuesAt } from "../storage/foreign-key-check.ts";
import type { IndexKey } from "../storage/ordered-index.ts";
import { KEY_SHARE, type RowValues } from "../storage/row.ts";
import { type ForeignKey, type RowVersion, type Table } from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";
import type { SqlType } from "../types/sql-type.ts";
import { describeKey } from "./constraint-violation.ts";
import type { Executing, Execution } from "./execution.ts";
import { ForeignKeyAction } from "./foreign-key-action.ts";
import { versionsWithKey } from "./key-versions.ts";
import { RowLocking } from "./row-locking.ts";

type Phase = "begin" | "search" | "lock";

/**
 * Runs queued foreign-key checks one after the other, as the triggers of ri_triggers.c do: `start`,
 * then `step` as long as it gives `WAIT`.
 */
export class ForeignKeyRun implements Executing {
  readonly #locking = new RowLocking(this);
  #execution: Execution | null = null;
  #checks: readonly ForeignKeyCheck[] = [];
  #at = 0;
  #phase: Phase = "begin";
  #candidates: readonly RowVersion[] = [];
  #candidateAt = 0;
  #snapshot: Snapshot | null = null;
  /** Made for the first to need it. */
  #action: ForeignKeyAction | null = null;

  /** The statement whose checks they are. */
  get execution(): Execution {
    if (this.#execution === null) {
      throw new Error("foreign keys were checked for no statement");
    }
    return this.#execution;
  }

  /** Forgets the last run and begins with these checks; more may be added to them meanwhile. */
  start(execution: Execution, checks: readonly ForeignKeyCheck[]): void {
    this.#execution = execution;
    this.#checks = checks;
    this.#at = 0;
    this.#phase = "begin";
  }

  /** @throws PostgresError (23503, 40001) */
  step(): Wait | null {
    for (; this.#at < this.#checks.length; this.#at += 1) {
      const check = this.#checks[this.#at];
      if (check === undefined) {
        break;
      }
      const outcome = check.kind === "reference" ? this.#reference(check) : this.#key(check);
      if (outcome === WAIT) {
        return WAIT;
      }
      this.#phase = "begin";
    }
    return null;
  }

  /**
   * RI_FKey_check: SELECT 1 FROM referenced WHERE key = ... FOR KEY SHARE, with a snapshot of this
   * moment.
   */
  #reference({ foreignKey, version }: ForeignKeyCheck & { kind: "reference" }): Wait | null {
    const { name, table, columns, referenced, referencedColumns } = foreignKey;
    if (this.#phase === "begin") {
      if (version.createdBy.status === "aborted" || version.liveEnder !== null) {
        return null;
      }
      this.#phase = "search";
      if (!this.execution.takeLock(referenced.lock, ROW_SHARE)) {
        return WAIT;
      }
    }
    if (this.#phase === "search") {
      const snapshot = this.execution.takeCheckSnapshot("transaction");
      this.#search(referenced, referencedColumns, valuesAt(version.values, columns), snapshot);
    }
    const found = this.#lockOne(foreignKey.types, referencedColumns, version.values, columns);
    if (found === WAIT) {
      return WAIT;
    }
    if (found) {
      return null;
    }
    const message = `insert or update on table "${table.name}" violates foreign key constraint "${name}"`;
    const key = describeKey(table, columns, valuesAt(version.values, columns));
    throw violation(foreignKey, message, `${key} is not present in table "${referenced.name}".`);
  }

  /**
   * RI_FKey_noaction_del and _upd: the old key may be gone only if nothing refers to it, or another
   * row has taken it.
   */
  #key(check: ForeignKeyCheck & { kind: "key" }): Wait | null {
    const { foreignKey, before } = check;
    const action = actionOf(check);
    if (action === "cascade" || action === "set null") {
      return this.#act(check);
    }
    const { name, table, columns, referenced, referencedColumns } = foreignKey;
    if (this.#phase === "begin") {
      this.#phase = "search";
      if (!this.execution.takeLock(table.lock, ROW_SHARE)) {
        return WAIT;
      }
    }
    const key = valuesAt(before, referencedColumns);
    if (this.#phase === "search") {
      const snapshot = this.execution.takeCheckSnapshot("now");
      const restricts = actionOf(check) === "restrict";
      if (!restricts && versionsWithKey(referenced, referencedColumns, key, snapshot).length > 0) {
        return null;
      }
      this.#search(table, columns, key, snapshot);
    }
    const found = this.#lockOne(foreignKey.types, columns, before, referencedColumns);
    if (found === WAIT) {
      return WAIT;
    }
    if (!found) {
      return null;
    }
    const message = `update or delete on table "${referenced.name}" violates foreign key constraint "${name}" on table "${table.name}"`;
    const described = describeKey(referenced, referencedColumns, key);
    throw violation(
      foreignKey,
      message,
      `${described} is still referenced from table "${table.name}".`,
    );
  }

  #act(check: ForeignKeyCheck & { kind: "key" }): Wait | null {
    this.#action ??= new ForeignKeyAction(this);
    if (this.#phase === "begin") {
      this.#phase = "lock";
      this.#action.start(check);
    }
    return this.#action.step();
  }

  #search(table: Table, columns: readonly number[], key: IndexKey, snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.#candidates = versionsWithKey(table, columns, key, snapshot);
    this.#candidateAt = -1;
    this.#phase = "lock";
    this.#lockNext();
  }

  #lockNext(): void {
    this.#candidateAt += 1;
    const found = this.#candidates[this.#candidateAt];
    if (found !== undefined) {
      const request = this.execution.isolation === "read committed" ? FOLLOWING : STAYING;
      this.#locking.start(found, request, this.#snapshot);
    }
  }

  /** Locks the rows that were found until one of them still has the key. */
  #lockOne(
    types: readonly SqlType[],
    columns: readonly number[],
    wanted: RowValues,
    wantedColumns: readonly number[],
  ): boolean | Wait {
    while (this.#candidateAt < this.#candidates.length) {
      const outcome = this.#locking.step();
      if (outcome === WAIT) {
        return WAIT;
      }
      if (typeof outcome === "object") {
        if (isSameKey(types, outcome.values, columns, wanted, wantedColumns)) {
          return true;
        }
      } else if (this.execution.isolation !== "read committed") {
        throw serializationFailure("update");
      }
      this.#lockNext();
    }
    return false;
  }
}

const FOLLOWING = { mode: KEY_SHARE, policy: "wait", follow: true } as const;
const STAYING = { mode: KEY_SHARE, policy: "wait", follow: false } as const;

function actionOf({
  foreignKey,
  after,
}: ForeignKeyCheck & { kind: "key" }): ForeignKey["onDelete"] {
  return after === null ? foreignKey.onDelete : foreignKey.onUpdate;
}

function violation(foreignKey: ForeignKey, message: string, detail: string): PostgresError {
  const { name, table } = foreignKey;
  const parts = { schema: "public", table: table.name, constraint: name, detail };
  return new PostgresError("23503", message, parts);
}
