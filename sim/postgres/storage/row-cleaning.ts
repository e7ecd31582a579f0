import { isDead, type StoredRow, haveSameKey, indexKeyOf } from "./table.ts";

/**
 * Clears away the versions of a row that no snapshot at or after `horizon` can see, with the index
 * entries that only they had. This is what pruning and VACUUM do; without it a long run would scan
 * its own past.
 */
export function cleanRow(row: StoredRow, horizon: number): void {
  const dead = row.versions.filter((version) => isDead(version, horizon));
  if (dead.length === 0) {
    return;
  }
  row.versions = row.versions.filter((version) => !dead.includes(version));
  for (const index of row.table.writtenIndexes) {
    for (const { values } of dead) {
      if (row.versions.some((kept) => haveSameKey(index, kept.values, values))) {
        continue;
      }
      const key = indexKeyOf(index, values);
      if (key !== undefined) {
        index.entries.remove({ key, row });
      }
    }
  }
  if (row.versions.length === 0) {
    row.table.rows.delete(row);
  }
}
