import { serializationFailure } from "../ground/postgres-error.ts";
import type { Steps } from "../locks/lock-manager.ts";
import { FOR_UPDATE, NO_KEY_UPDATE, type RowValues, type RowLockMode } from "../storage/row.ts";
import { RowVersion, type Table } from "../storage/table.ts";
import type { Execution } from "./execution.ts";
import { queueForeignKeyChecks } from "./foreign-key.ts";
import { addIndexEntries, checkRow } from "./row-constraint.ts";
import { awaitModifiable, lockRow, stateToModify } from "./row-lock.ts";

/**
 * Inserts a row that has passed its NOT NULL and CHECK constraints. Null when it is in its indexes;
 * otherwise the steps that are left, for another transaction is at the same key.
 */
export function insertRow(
  execution: Execution,
  table: Table,
  values: RowValues,
): Steps<void> | null {
  const { transaction, snapshot } = execution;
  const row = table.addRow();
  const version = new RowVersion(row, values, transaction, snapshot.command);
  row.versions.push(version);
  execution.noteChange(row, table, null, values);
  queueForeignKeyChecks(execution, table, null, version);
  return addIndexEntries(execution, version, null);
}

/** What an UPDATE or DELETE does with a row. */
export interface Modification {
  /**
   * The new values, or null to delete. Computed anew when the row turns out to have a newer
   * version.
   */
  compute(values: RowValues): RowValues | null;
  /** EvalPlanQual: whether the newest version still meets the statement's conditions. */
  stillMeets(values: RowValues): boolean;
}

/** A row before and after; `after` is null when it was deleted. */
export interface ModifiedRow {
  readonly before: RowValues;
  readonly after: RowValues | null;
}

/**
 * Changes a row that the statement found. Where another transaction is at it, this waits; where
 * another has changed it, READ COMMITTED goes on with the newest version if that still meets the
 * conditions (null if not) and REPEATABLE READ throws 40001. This is ExecUpdate and ExecDelete of
 * nodeModifyTable.c.
 */
export function* modifyRow(
  execution: Execution,
  found: RowVersion,
  modification: Modification,
): Steps<ModifiedRow | null> {
  const { table } = found.row;
  const readCommitted = execution.isolation === "read committed";
  let version = found;
  for (;;) {
    const values = modification.compute(version.values);
    if (values !== null) {
      checkRow(table, values);
    }
    const mode = strengthOf(table, version.values, values);
    const state =
      stateToModify(execution, version, mode) ?? (yield* awaitModifiable(execution, version, mode));
    if (state === "ok") {
      const next = replaceVersion(execution, version, values, mode);
      const waits = next === null ? null : addIndexEntries(execution, next, version);
      if (waits !== null) {
        yield* waits;
      }
      return { before: version.values, after: values };
    }
    if (state === "self-modified") {
      return null;
    }
    if (state !== "updated" && state !== "deleted") {
      throw new Error(`a row version to be modified is ${state}`);
    }
    if (!readCommitted) {
      throw serializationFailure(state === "deleted" ? "delete" : "update");
    }
    if (state === "deleted") {
      return null;
    }
    const lockMode = values === null ? FOR_UPDATE : NO_KEY_UPDATE;
    const newest = yield* lockRow(execution, version, lockMode, "wait", true);
    if (newest.kind !== "ok") {
      return null;
    }
    if (!modification.stillMeets(newest.version.values)) {
      return null;
    }
    version = newest.version;
  }
}

/** An UPDATE that leaves every key column alone lets foreign-key checks pass beside it. */
function strengthOf(table: Table, before: RowValues, after: RowValues | null): RowLockMode {
  if (after === null) {
    return FOR_UPDATE;
  }
  for (const column of table.keyColumns) {
    if (before[column] !== after[column]) {
      return FOR_UPDATE;
    }
  }
  return NO_KEY_UPDATE;
}

/** The version that stands for the row from now on; null when the row was deleted. */
function replaceVersion(
  execution: Execution,
  version: RowVersion,
  values: RowValues | null,
  mode: RowLockMode,
): RowVersion | null {
  const { transaction, snapshot } = execution;
  const { row } = version;
  const before = version.values;
  endVersion(execution, version, mode);
  execution.noteChange(row, row.table, before, values);
  if (values === null) {
    queueForeignKeyChecks(execution, row.table, before, null);
    return null;
  }
  const next = new RowVersion(row, values, transaction, snapshot.command);
  next.lockers = version.lockers === null ? null : [...version.lockers];
  version.next = next;
  row.versions.push(next);
  queueForeignKeyChecks(execution, row.table, before, next);
  return next;
}

/**
 * compute_new_xmax_infomask: an own, stronger row lock taken earlier makes the change as strong as
 * itself.
 */
function endVersion(execution: Execution, version: RowVersion, mode: RowLockMode): void {
  const { transaction, snapshot } = execution;
  let strength = mode;
  const others = [];
  for (const locker of version.lockers ?? []) {
    if (locker.transaction.status !== "active") {
      continue;
    }
    if (locker.transaction !== transaction) {
      others.push(locker);
    } else if (locker.mode > strength) {
      strength = locker.mode;
    }
  }
  version.endedBy = transaction;
  version.endedAtCommand = snapshot.command;
  version.endedMode = strength;
  version.next = null;
  version.lockers = others.length === 0 ? null : others;
}
