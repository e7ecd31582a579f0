import { PostgresError } from "../ground/postgres-error.ts";
import { quoteIdentifier } from "../ground/quote-identifier.ts";
import type { Table, TableIndex } from "../storage/table.ts";
import type { Datum } from "../types/datum.ts";

/** `Key (a, b)=(1, 2)`, the beginning of Postgres's details about keys. */
export function describeKey(
  table: Table,
  columns: readonly number[],
  values: readonly Datum[],
): string {
  const names = columns.map((column) => table.columns[column]?.name ?? "?").join(", ");
  const shown = values.map((value, at) => showValue(table, columns[at] ?? -1, value)).join(", ");
  return `Key (${names})=(${shown})`;
}

/**
 * The same of an index, whose columns PostgreSQL names as its definition would; `values` are its
 * key.
 */
export function describeIndexKey(
  table: Table,
  index: TableIndex,
  values: readonly Datum[],
): string {
  const { types } = index.entries;
  const names = index.columns.map(
    (column, at) =>
      index.expressions[at]?.text ?? quoteIdentifier(table.columns[column]?.name ?? "?"),
  );
  const shown = values.map((value, at) => (value === null ? "null" : types[at]?.output(value)));
  return `Key (${names.join(", ")})=(${shown.join(", ")})`;
}

/** A value of a column as details show it. */
export function showValue(table: Table, column: number, value: Datum): string {
  return value === null ? "null" : (table.columns[column]?.type.output(value) ?? "?");
}

/** An error of class 23, with the names of what was violated. */
export function constraintViolation(
  code: string,
  message: string,
  table: Table,
  parts: { readonly detail: string; readonly column?: string; readonly constraint?: string },
): PostgresError {
  return new PostgresError(code, message, { schema: "public", table: table.name, ...parts });
}
