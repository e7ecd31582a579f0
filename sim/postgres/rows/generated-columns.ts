import type { RowValues } from "../storage/row.ts";
import type { Table } from "../storage/table.ts";

/**
 * ExecComputeStoredGenerated: the row with what its generated columns come to. They do not depend
 * on each other. @throws PostgresError where computing one of them fails
 */
export function withGenerated(table: Table, row: RowValues): RowValues {
  if (table.generatedColumns.length === 0) {
    return row;
  }
  const values = [...row];
  for (const at of table.generatedColumns) {
    values[at] = table.columns[at]?.generated?.compute(row) ?? null;
  }
  return values;
}
