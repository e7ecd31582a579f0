import type { RowValues } from "../storage/row.ts";
import type { Table } from "../storage/table.ts";
import { constraintViolation, showValue } from "./constraint-violation.ts";

const SHOWN_BYTES_MAX = 64;

/**
 * NOT NULL in column order, then CHECK in the order of names, as ExecConstraints does: 23502,
 * 23514.
 */
export function checkRow(table: Table, row: RowValues): void {
  for (let at = 0; at < table.columns.length; at += 1) {
    const column = table.columns[at];
    if (column?.notNull !== true || (row[at] ?? null) !== null) {
      continue;
    }
    const message = `null value in column "${column.name}" of relation "${table.name}" violates not-null constraint`;
    throw constraintViolation("23502", message, table, {
      column: column.name,
      detail: failingRow(table, row),
    });
  }
  for (const check of table.checks) {
    if (check.evaluate(row) !== false) {
      continue;
    }
    const message = `new row for relation "${table.name}" violates check constraint "${check.name}"`;
    throw constraintViolation("23514", message, table, {
      constraint: check.name,
      detail: failingRow(table, row),
    });
  }
}

function failingRow(table: Table, row: RowValues): string {
  const shown = row.map((value, at) => clip(showValue(table, at, value)));
  return `Failing row contains (${shown.join(", ")}).`;
}

/** Postgres clips by bytes, at the boundary of a character. */
function clip(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= SHOWN_BYTES_MAX) {
    return text;
  }
  let end = SHOWN_BYTES_MAX;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return `${new TextDecoder().decode(bytes.subarray(0, end))}...`;
}
