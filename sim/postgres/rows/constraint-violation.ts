import { PostgresError } from "../ground/postgres-error.ts";
import type { Table } from "../storage/table.ts";
import { formatSqlText, type Datum } from "../types/sql-type.ts";

/** `Key (a, b)=(1, 2)`, the beginning of Postgres's details about keys. */
export function describeKey(
  table: Table,
  columns: readonly number[],
  values: readonly Datum[],
): string {
  const names = columns.map((column) => table.columns[column]?.name ?? "?").join(", ");
  const shown = values.map((value) => (value === null ? "null" : formatSqlText(value))).join(", ");
  return `Key (${names})=(${shown})`;
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
