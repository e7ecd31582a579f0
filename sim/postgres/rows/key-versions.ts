import { valuesAt } from "../storage/foreign-key-check.ts";
import { compareKeys, type IndexKey } from "../storage/ordered-index.ts";
import {
  type RowVersion,
  type StoredRow,
  type Table,
  type TableIndex,
  typesOf,
} from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";
import type { SqlType } from "../types/sql-type.ts";

/** The versions that the snapshot sees and that have this key, by an index where there is one. */
export function versionsWithKey(
  table: Table,
  columns: readonly number[],
  key: IndexKey,
  snapshot: Snapshot,
): readonly RowVersion[] {
  const index = indexOver(table, columns);
  if (index === undefined) {
    const types = typesOf(table, columns);
    return [...table.rows].flatMap(
      (row) => versionWithKey(row, types, columns, key, snapshot) ?? [],
    );
  }
  const { types } = index.entries;
  let found: RowVersion[] | null = null;
  for (let entry = index.entries.lookUp(key); entry !== null; entry = entry.next) {
    const version = versionWithKey(entry.row, types, columns, key, snapshot);
    if (version === null) {
      continue;
    }
    if (found === null) {
      found = [version];
    } else {
      found.push(version);
    }
  }
  return found ?? NONE;
}

const NONE: readonly RowVersion[] = [];

function versionWithKey(
  row: StoredRow,
  types: readonly SqlType[],
  columns: readonly number[],
  key: IndexKey,
  snapshot: Snapshot,
): RowVersion | null {
  const version = row.visibleTo(snapshot);
  const has = version !== null && compareKeys(types, valuesAt(version.values, columns), key) === 0;
  return has ? version : null;
}

/** An index of all rows whose key is just these columns. */
function indexOver(table: Table, columns: readonly number[]): TableIndex | undefined {
  for (const index of table.indexes) {
    if (index.predicate === null && isSameList(index.columns, columns)) {
      return index;
    }
  }
  return undefined;
}

function isSameList(left: readonly number[], right: readonly number[]): boolean {
  let at = 0;
  while (at < left.length && left[at] === right[at]) {
    at += 1;
  }
  return at === left.length && at === right.length;
}
