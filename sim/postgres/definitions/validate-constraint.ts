import { PostgresError } from "../ground/postgres-error.ts";
import { describeKey } from "../rows/constraint-violation.ts";
import { isSameKey, valuesAt } from "../storage/foreign-key-check.ts";
import type { RowValues } from "../storage/row.ts";
import type { CheckConstraint, ForeignKey, RowVersion, Table } from "../storage/table.ts";

/** The rows as they are now. The caller holds a lock that keeps all others from changing them. */
export function* liveVersions(table: Table): Generator<RowVersion> {
  for (const row of table.rows) {
    for (const version of row.versions) {
      if (version.createdBy.status !== "aborted" && version.liveEnder === null) {
        yield version;
      }
    }
  }
}

/** @throws PostgresError (23514) when a row breaks the check */
export function validateCheck(table: Table, check: CheckConstraint): void {
  for (const { values } of liveVersions(table)) {
    if (check.evaluate(values) === false) {
      const message = `check constraint "${check.name}" of relation "${table.name}" is violated by some row`;
      const parts = { schema: "public", table: table.name, constraint: check.name };
      throw new PostgresError("23514", message, parts);
    }
  }
}

/** @throws PostgresError (23503) when a row refers to none */
export function validateForeignKey(foreignKey: ForeignKey): void {
  const { name, table, columns, referenced } = foreignKey;
  for (const { values } of liveVersions(table)) {
    const key = valuesAt(values, columns);
    if (key.includes(null) || isReferredToBy(foreignKey, values)) {
      continue;
    }
    const message = `insert or update on table "${table.name}" violates foreign key constraint "${name}"`;
    const detail = `${describeKey(table, columns, key)} is not present in table "${referenced.name}".`;
    const parts = { schema: "public", table: table.name, constraint: name, detail };
    throw new PostgresError("23503", message, parts);
  }
}

function isReferredToBy(foreignKey: ForeignKey, row: RowValues): boolean {
  const { types, columns, referenced, referencedColumns } = foreignKey;
  for (const { values } of liveVersions(referenced)) {
    if (isSameKey(types, row, columns, values, referencedColumns)) {
      return true;
    }
  }
  return false;
}
