import { PostgresError, serializationFailure } from "../ground/postgres-error.ts";
import type { Steps } from "../locks/lock-manager.ts";
import { ROW_SHARE } from "../locks/lock.ts";
import { compareKeys, type IndexKey } from "../storage/ordered-index.ts";
import { KEY_SHARE, type RowValues } from "../storage/row.ts";
import { type RowVersion, type ForeignKey, indexKeyOf, type Table } from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";
import type { Execution } from "./execution.ts";
import { describeKey } from "./row-constraint.ts";
import { lockRow, lockRowAtOnce } from "./row-lock.ts";

/**
 * Queues the checks that a change of a row asks for, to run when the statement's own work is done:
 * `before` is null for an insert, `after` for a delete. A key that did not change is not checked.
 */
export function queueForeignKeyChecks(
  execution: Execution,
  table: Table,
  before: RowValues | null,
  after: RowVersion | null,
): void {
  if (after !== null) {
    for (const foreignKey of table.foreignKeys) {
      const key = valuesAt(after.values, foreignKey.columns);
      if (key.includes(null)) {
        continue;
      }
      const old = before === null ? null : valuesAt(before, foreignKey.columns);
      if (old !== null && compareKeys(old, key) === 0) {
        continue;
      }
      execution.afterStatement.push(() => checkReferenced(execution, foreignKey, after, key));
    }
  }
  if (before === null) {
    return;
  }
  for (const foreignKey of table.referencedBy) {
    const key = valuesAt(before, foreignKey.referencedColumns);
    const now = after === null ? null : valuesAt(after.values, foreignKey.referencedColumns);
    if (key.includes(null) || (now !== null && compareKeys(now, key) === 0)) {
      continue;
    }
    execution.afterStatement.push(() => checkNotReferenced(execution, foreignKey, key));
  }
}

/**
 * RI_FKey_check: SELECT 1 FROM referenced WHERE key = ... FOR KEY SHARE, with a snapshot of this
 * moment.
 */
function* checkReferenced(
  execution: Execution,
  foreignKey: ForeignKey,
  version: RowVersion,
  key: IndexKey,
): Steps<void> {
  const { name, table, columns, referenced, referencedColumns } = foreignKey;
  if (version.liveEnder === execution.transaction) {
    return;
  }
  if (!execution.locks.tryAcquire(referenced.lock, execution.owner, ROW_SHARE)) {
    yield* execution.locks.acquire(referenced.lock, execution.owner, ROW_SHARE);
  }
  const snapshot = execution.takeCheckSnapshot("transaction");
  for (const found of versionsWithKey(referenced, referencedColumns, key, snapshot)) {
    const locked = yield* lockForCheck(execution, found, snapshot);
    if (locked !== null && compareKeys(valuesAt(locked.values, referencedColumns), key) === 0) {
      return;
    }
  }
  const message = `insert or update on table "${table.name}" violates foreign key constraint "${name}"`;
  const detail = `${describeKey(table, columns, key)} is not present in table "${referenced.name}".`;
  throw violation(foreignKey, message, detail);
}

/**
 * RI_FKey_noaction_del and _upd: the old key may be gone only if nothing refers to it, or another
 * row has taken it.
 */
function* checkNotReferenced(
  execution: Execution,
  foreignKey: ForeignKey,
  key: IndexKey,
): Steps<void> {
  const { name, table, columns, referenced, referencedColumns } = foreignKey;
  yield* execution.locks.acquire(table.lock, execution.owner, ROW_SHARE);
  const snapshot = execution.takeCheckSnapshot("now");
  if (versionsWithKey(referenced, referencedColumns, key, snapshot).length > 0) {
    return;
  }
  for (const found of versionsWithKey(table, columns, key, snapshot)) {
    const locked = yield* lockForCheck(execution, found, snapshot);
    if (locked === null || compareKeys(valuesAt(locked.values, columns), key) !== 0) {
      continue;
    }
    const message = `update or delete on table "${referenced.name}" violates foreign key constraint "${name}" on table "${table.name}"`;
    const detail = `${describeKey(referenced, referencedColumns, key)} is still referenced from table "${table.name}".`;
    throw violation(foreignKey, message, detail);
  }
}

function* lockForCheck(
  execution: Execution,
  found: RowVersion,
  snapshot: Snapshot,
): Steps<RowVersion | null> {
  const readCommitted = execution.isolation === "read committed";
  const check = execution.withSnapshot(snapshot);
  if (lockRowAtOnce(check, found, KEY_SHARE)) {
    return found;
  }
  const outcome = yield* lockRow(check, found, KEY_SHARE, "wait", readCommitted);
  if (outcome.kind === "ok") {
    return outcome.version;
  }
  if (!readCommitted) {
    throw serializationFailure("update");
  }
  return null;
}

function versionsWithKey(
  table: Table,
  columns: readonly number[],
  key: IndexKey,
  snapshot: Snapshot,
): RowVersion[] {
  const index = table.indexes.find(
    (one) =>
      one.predicate === null &&
      one.columns.length === columns.length &&
      one.columns.every((column, at) => column === columns[at]),
  );
  const rows =
    index === undefined ? table.rows : index.entries.lookUp(key).map((entry) => entry.row);
  const found: RowVersion[] = [];
  for (const row of rows) {
    const version = row.visibleTo(snapshot);
    if (version === null) {
      continue;
    }
    const own =
      index === undefined ? valuesAt(version.values, columns) : indexKeyOf(index, version.values);
    if (own !== undefined && compareKeys(own, key) === 0) {
      found.push(version);
    }
  }
  return found;
}

function valuesAt(row: RowValues, columns: readonly number[]): IndexKey {
  return columns.map((column) => row[column] ?? null);
}

function violation(foreignKey: ForeignKey, message: string, detail: string): PostgresError {
  const { name, table } = foreignKey;
  const parts = { schema: "public", table: table.name, constraint: name, detail };
  return new PostgresError("23503", message, parts);
}
