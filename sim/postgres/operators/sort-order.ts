import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";

/** How one key of an ORDER BY is ordered. */
export interface SortOrder {
  readonly type: SqlType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Orders two rows of key values that lie in one array, each from its own place on. */
export function compareByKeys(
  keys: readonly SortOrder[],
  values: readonly Datum[],
  left: number,
  right: number,
): number {
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at];
    const a = values[left + at] ?? null;
    const b = values[right + at] ?? null;
    if (key === undefined || a === b) {
      continue;
    }
    if (a === null || b === null) {
      return (a === null) === key.nullsFirst ? -1 : 1;
    }
    const order = key.type.compare(a, b);
    if (order !== 0) {
      return key.descending ? -order : order;
    }
  }
  return 0;
}
