import {
  haveSameKey,
  indexKeyOf,
  isDead,
  type RowVersion,
  type StoredRow,
  type TableIndex,
} from "./table.ts";

/**
 * Clears away the versions of a row that no snapshot at or after `horizon` can see, with the index
 * entries that only they had. This is what pruning and VACUUM do; without it a long run would scan
 * its own past.
 */
export function cleanRow(row: StoredRow, horizon: number): void {
  const { versions } = row;
  let living = 0;
  let last: RowVersion | null = null;
  for (const version of versions) {
    if (!isDead(version, horizon)) {
      living += 1;
      last = version;
    }
  }
  if (living === versions.length) {
    return;
  }
  // Nearly always one is left: an array of just that length is made for it.
  const kept =
    last !== null && living === 1
      ? [last]
      : versions.filter((version) => !isDead(version, horizon));
  row.versions = kept;
  for (const index of row.table.writtenIndexes) {
    for (const version of versions) {
      if (isDead(version, horizon) && !isKeyOfAny(index, kept, version)) {
        const key = indexKeyOf(index, version.values);
        if (key !== undefined) {
          index.entries.remove({ key, row });
        }
      }
    }
  }
  if (kept.length === 0) {
    row.table.rows.delete(row);
  }
}

function isKeyOfAny(
  index: TableIndex,
  versions: readonly RowVersion[],
  { values }: RowVersion,
): boolean {
  for (const version of versions) {
    if (haveSameKey(index, version.values, values)) {
      return true;
    }
  }
  return false;
}
