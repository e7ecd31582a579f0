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
  let anyDead = false;
  for (let version = row.oldest; version !== null; version = version.newer) {
    anyDead ||= isDead(version, horizon);
  }
  if (!anyDead) {
    return;
  }
  for (const index of row.table.writtenIndexes) {
    for (let version = row.oldest; version !== null; version = version.newer) {
      if (isDead(version, horizon) && !isKeyOfLiving(index, version, horizon)) {
        const key = indexKeyOf(index, version.values);
        if (key !== undefined) {
          index.entries.remove(key, row);
        }
      }
    }
  }
  unlinkDead(row, horizon);
  if (row.oldest === null) {
    row.table.rows.delete(row);
  }
}

function isKeyOfLiving(index: TableIndex, { row, values }: RowVersion, horizon: number): boolean {
  for (let version = row.oldest; version !== null; version = version.newer) {
    if (!isDead(version, horizon) && haveSameKey(index, version.values, values)) {
      return true;
    }
  }
  return false;
}

function unlinkDead(row: StoredRow, horizon: number): void {
  let last: RowVersion | null = null;
  let version = row.oldest;
  row.oldest = null;
  while (version !== null) {
    const { newer } = version;
    if (!isDead(version, horizon)) {
      if (last === null) {
        row.oldest = version;
      } else {
        last.newer = version;
      }
      last = version;
      version.newer = null;
    }
    version = newer;
  }
}
