import { compareSqlValues, type SqlValue } from "./sql-type.ts";
import type { StoredRow } from "./stored-row.ts";

/** The indexed values of a row; null sorts last, as in a B-tree of Postgres. */
export type IndexKey = readonly SqlValue[];

/** A key and the row that has, or had, a version with it. */
export interface IndexEntry {
  readonly key: IndexKey;
  readonly row: StoredRow;
}

const LEAF_LENGTH_MAX = 256;

/**
 * Entries in the order of key, then row. Two levels: leaves of at most 256 entries and the list of leaves,
 * which keeps an insertion at two binary searches and one short splice up to some 100,000 entries.
 */
export class OrderedIndex {
  #leaves: IndexEntry[][] = [];
  size = 0;

  /** Adds the entry unless the same row is there under the same key. */
  insert(entry: IndexEntry): void {
    const [leafAt, at] = this.#seek(entry.key, entry.row.id);
    const leaf = this.#leaves[leafAt];
    if (leaf === undefined) {
      const last = this.#leaves.at(-1);
      if (last === undefined || last.length >= LEAF_LENGTH_MAX) this.#leaves.push([entry]);
      else last.push(entry);
    } else {
      const found = leaf[at];
      if (
        found !== undefined &&
        found.row === entry.row &&
        compareKeys(found.key, entry.key) === 0
      ) {
        return;
      }
      leaf.splice(at, 0, entry);
      if (leaf.length > LEAF_LENGTH_MAX) {
        this.#leaves.splice(leafAt + 1, 0, leaf.splice(LEAF_LENGTH_MAX / 2));
      }
    }
    this.size += 1;
  }

  /** Takes the entry out, if it is there. */
  remove(entry: IndexEntry): void {
    const [leafAt, at] = this.#seek(entry.key, entry.row.id);
    const leaf = this.#leaves[leafAt];
    const found = leaf?.[at];
    if (leaf === undefined || found === undefined) return;
    if (found.row !== entry.row || compareKeys(found.key, entry.key) !== 0) return;
    leaf.splice(at, 1);
    if (leaf.length === 0) this.#leaves.splice(leafAt, 1);
    this.size -= 1;
  }

  /** The rows whose whole key is this, in the order of insertion. */
  lookUp(key: IndexKey): StoredRow[] {
    const rows: StoredRow[] = [];
    let [leafAt, at] = this.#seek(key, -1);
    for (let leaf = this.#leaves[leafAt]; leaf !== undefined; leaf = this.#leaves[(leafAt += 1)]) {
      for (; at < leaf.length; at += 1) {
        const entry = leaf[at];
        if (entry === undefined || compareKeys(entry.key, key) !== 0) return rows;
        rows.push(entry.row);
      }
      at = 0;
    }
    return rows;
  }

  /**
   * Walks the entries whose key begins with `prefix`, forwards or backwards. The index may change between
   * two steps: each step seeks anew from the entry given last.
   */
  *walk(prefix: IndexKey, direction: "forward" | "backward"): Generator<IndexEntry> {
    let entry = direction === "forward" ? this.#first(prefix) : this.#last(prefix);
    while (entry !== undefined && startsWith(entry.key, prefix)) {
      yield entry;
      entry = direction === "forward" ? this.#after(entry) : this.#before(entry);
    }
  }

  #first(prefix: IndexKey): IndexEntry | undefined {
    const [leafAt, at] = this.#seek(prefix, -1);
    return this.#leaves[leafAt]?.[at];
  }

  #last(prefix: IndexKey): IndexEntry | undefined {
    return this.#previous(this.#seek(prefix, Infinity));
  }

  #after(entry: IndexEntry): IndexEntry | undefined {
    const [leafAt, at] = this.#seek(entry.key, entry.row.id + 1);
    return this.#leaves[leafAt]?.[at];
  }

  #before(entry: IndexEntry): IndexEntry | undefined {
    return this.#previous(this.#seek(entry.key, entry.row.id));
  }

  #previous([leafAt, at]: readonly [number, number]): IndexEntry | undefined {
    return at > 0 ? this.#leaves[leafAt]?.[at - 1] : this.#leaves[leafAt - 1]?.at(-1);
  }

  /** The place of the first entry at or after (key, rowId); a shorter key is compared as a prefix. */
  #seek(key: IndexKey, rowId: number): [number, number] {
    let low = 0;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const last = this.#leaves[middle]?.at(-1);
      if (last !== undefined && comparePlace(last, key, rowId) < 0) low = middle + 1;
      else high = middle;
    }
    const leafAt = low;
    const leaf = this.#leaves[leafAt];
    if (leaf === undefined) return [leafAt, 0];
    low = 0;
    high = leaf.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = leaf[middle];
      if (entry !== undefined && comparePlace(entry, key, rowId) < 0) low = middle + 1;
      else high = middle;
    }
    return [leafAt, low];
  }
}

/** Orders two keys over the columns that both have. */
export function compareKeys(left: IndexKey, right: IndexKey): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    const a = left[at] ?? null;
    const b = right[at] ?? null;
    if (a === b) continue;
    if (a === null) return 1;
    if (b === null) return -1;
    const order = compareSqlValues(a, b);
    if (order !== 0) return order;
  }
  return 0;
}

function comparePlace(entry: IndexEntry, key: IndexKey, rowId: number): number {
  const order = compareKeys(entry.key, key);
  return order === 0 ? entry.row.id - rowId : order;
}

function startsWith(key: IndexKey, prefix: IndexKey): boolean {
  return compareKeys(key, prefix) === 0;
}
