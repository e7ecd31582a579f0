import { valuesAt } from "../storage/foreign-key-check.ts";
import { compareKeys, type IndexKey } from "../storage/ordered-index.ts";
import { indexKeyOf, type RowVersion, type Table, typesOf } from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";

/** The versions that the snapshot sees and that have this key, by an index where there is one. */
export function versionsWithKey(
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
  const types = typesOf(table, columns);
  const found: RowVersion[] = [];
  for (const row of rows) {
    const version = row.visibleTo(snapshot);
    if (version === null) {
      continue;
    }
    const own =
      index === undefined ? valuesAt(version.values, columns) : indexKeyOf(index, version.values);
    if (own !== undefined && compareKeys(types, own, key) === 0) {
      found.push(version);
    }
  }
  return found;
}
