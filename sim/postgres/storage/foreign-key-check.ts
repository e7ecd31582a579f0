import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { RowValues } from "./row.ts";
import type { ForeignKey, RowVersion } from "./table.ts";

/**
 * A check that a change of a row asked for: `reference` that what the new version refers to is
 * there, `key` that nothing refers to a key that the old values had.
 */
export type ForeignKeyCheck =
  | { readonly kind: "reference"; readonly foreignKey: ForeignKey; readonly version: RowVersion }
  | {
      readonly kind: "key";
      readonly foreignKey: ForeignKey;
      readonly before: RowValues;
      /** Null where the row was deleted. */
      readonly after: RowValues | null;
    };

/** The values of some columns. */
export function valuesAt(row: RowValues, columns: readonly number[]): readonly Datum[] {
  return columns.map((column) => row[column] ?? null);
}

/** True when both rows have the same values, none of them null, in their columns. */
export function isSameKey(
  types: readonly SqlType[],
  left: RowValues,
  leftColumns: readonly number[],
  right: RowValues,
  rightColumns: readonly number[],
): boolean {
  for (let at = 0; at < leftColumns.length; at += 1) {
    const one = left[leftColumns[at] ?? -1] ?? null;
    const other = right[rightColumns[at] ?? -1] ?? null;
    if (one === null || other === null || types[at]?.compare(one, other) !== 0) {
      return false;
    }
  }
  return true;
}
