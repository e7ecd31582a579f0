import { PostgresError } from "../ground/postgres-error.ts";
import type { RowValues } from "../storage/row.ts";
import type { Column, RowVersion, Table } from "../storage/table.ts";
import type { Datum } from "../types/datum.ts";
import type { Definition } from "./definition.ts";
import { liveVersions } from "./validate-constraint.ts";

/** The column's place; 42703 in the words of ALTER TABLE. */
export function demandColumnOf(table: Table, name: string): number {
  const at = table.columnAt(name);
  if (at < 0) {
    const message = `column "${name}" of relation "${table.name}" does not exist`;
    throw new PostgresError("42703", message);
  }
  return at;
}

/** Puts a changed column in the place of the one that was there. */
export function changeColumn(
  { catalog }: Definition,
  table: Table,
  at: number,
  changes: Partial<Column>,
): void {
  const before = table.columns[at];
  if (before === undefined) {
    throw new Error(`table ${table.name} has no column ${at}`);
  }
  catalog.change(table, () => {
    table.columns[at] = { ...before, ...changes };
    return () => {
      table.columns[at] = before;
    };
  });
}

/** @throws PostgresError (23502) when a row has null there */
export function setNotNull(definition: Definition, table: Table, at: number): void {
  const column = table.columns[at];
  if (column === undefined || column.notNull) {
    return;
  }
  for (const { values } of liveVersions(table)) {
    if ((values[at] ?? null) === null) {
      const message = `column "${column.name}" of relation "${table.name}" contains null values`;
      throw new PostgresError("23502", message, {
        schema: "public",
        table: table.name,
        column: column.name,
      });
    }
  }
  changeColumn(definition, table, at, { notNull: true });
}

/** Adds a column behind the last one. `valueFor` gives its value in each row that is there. */
export function appendColumn(
  { catalog }: Definition,
  table: Table,
  column: Column,
  valueFor: (values: RowValues) => Datum,
): void {
  catalog.change(table, () => {
    const at = table.columns.push(column) - 1;
    const versions: RowVersion[] = [];
    for (const row of table.rows) {
      for (const version of row.versions) {
        version.values = [...version.values, valueFor(version.values)];
        versions.push(version);
      }
    }
    return () => {
      table.columns.splice(at, 1);
      for (const version of versions) {
        version.values = version.values.slice(0, at);
      }
    };
  });
}
