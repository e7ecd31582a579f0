import { indexKeyOf } from "./table.ts";
import { isDead, type RowVersion, type StoredRow } from "./stored-row.ts";
import { compareKeys, type IndexKey } from "./ordered-index.ts";

/**
 * Clears away the versions of a row that no snapshot at or after `horizon` can see, with the index entries
 * that only they had. This is what pruning and VACUUM do; without it a long run would scan its own past.
 */
export function cleanRow(row: StoredRow, horizon: number): void {
  const dead = row.versions.filter((version) => isDead(version, horizon));
  if (dead.length === 0) return;
  row.versions = row.versions.filter((version) => !dead.includes(version));
  for (const index of row.table.indexes) {
    const kept = keysOf(row.versions, (version) => indexKeyOf(index, version.values));
    for (const key of keysOf(dead, (version) => indexKeyOf(index, version.values))) {
      if (!kept.some((other) => compareKeys(other, key) === 0)) index.entries.remove({ key, row });
    }
  }
  if (row.versions.length === 0) row.table.rows.delete(row);
}

function keysOf(
  versions: readonly RowVersion[],
  keyOf: (version: RowVersion) => IndexKey | undefined,
): IndexKey[] {
  return versions.map(keyOf).filter((key) => key !== undefined);
}
