import { isSameKey } from "../storage/foreign-key-check.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion, Table } from "../storage/table.ts";
import type { Execution } from "./execution.ts";

/**
 * Queues the checks that a change of a row asks for, to run when the statement's own work is done:
 * `previous` is null for an insert, `after` for a delete. A key that did not change is not checked,
 * unless the previous version is the transaction's own: its check may not have run yet.
 */
export function queueForeignKeyChecks(
  execution: Execution,
  table: Table,
  previous: RowVersion | null,
  after: RowVersion | null,
): void {
  const before = previous?.values ?? null;
  if (after !== null) {
    for (const foreignKey of table.foreignKeys) {
      const { columns } = foreignKey;
      if (hasNull(after.values, columns)) {
        continue;
      }
      if (
        previous !== null &&
        previous.createdBy.top !== execution.top &&
        isSameKey(foreignKey.types, previous.values, columns, after.values, columns)
      ) {
        continue;
      }
      execution.queueCheck({ kind: "reference", foreignKey, version: after });
    }
  }
  if (before === null) {
    return;
  }
  for (const foreignKey of table.referencedBy) {
    const { referencedColumns: columns, types } = foreignKey;
    if (
      hasNull(before, columns) ||
      (after !== null && isSameKey(types, before, columns, after.values, columns))
    ) {
      continue;
    }
    execution.queueCheck({ kind: "key", foreignKey, before, after: after?.values ?? null });
  }
}

function hasNull(row: RowValues, columns: readonly number[]): boolean {
  for (const column of columns) {
    if ((row[column] ?? null) === null) {
      return true;
    }
  }
  return false;
}
