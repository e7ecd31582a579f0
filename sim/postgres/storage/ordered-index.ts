import type { Datum, HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";

/** The indexed values of a row; null sorts last, as in a B-tree of Postgres. */
export type IndexKey = readonly Datum[];

/** What an index points to: `id` is the last word in its order. */
interface IndexedRow {
  readonly id: number;
}

/** A key and the row that has, or had, a version with it. */
export interface IndexEntry<Row extends IndexedRow> {
  readonly key: IndexKey;
  readonly row: Row;
}

const LEAF_LENGTH_MAX = 256;
const NONE: readonly never[] = [];

/**
 * The entries of an index: by whole key in a Map, and in the order of key, then row, once somebody
 * walks them. The order is kept in leaves of at most 256 entries and the list of leaves, so an
 * insertion costs two binary searches and one short splice up to some 100,000 entries, and nothing
 * where nobody asked for order.
 */
export class OrderedIndex<Row extends IndexedRow> {
  /** Of the key's columns. */
  readonly types: readonly SqlType[];
  readonly #byKey = new Map<HashKey | null, IndexEntry<Row>[]>();
  #leaves: IndexEntry<Row>[][] | null = null;
  size = 0;

  /** An index without entries over columns of these types. */
  constructor(types: readonly SqlType[]) {
    this.types = types;
  }

  /** Adds the entry unless the same row is there under the same key. */
  insert(entry: IndexEntry<Row>): void {
    const name = nameOf(this.types, entry.key);
    const same = this.#byKey.get(name);
    if (same === undefined) {
      this.#byKey.set(name, [entry]);
    } else {
      if (same.some((other) => other.row === entry.row)) {
        return;
      }
      const later = same.findIndex((other) => other.row.id > entry.row.id);
      same.splice(later < 0 ? same.length : later, 0, entry);
    }
    this.size += 1;
    if (this.#leaves !== null) {
      insertInto(this.types, this.#leaves, entry);
    }
  }

  /** Takes the entry out, if it is there. */
  remove(entry: IndexEntry<Row>): void {
    const name = nameOf(this.types, entry.key);
    const same = this.#byKey.get(name) ?? [];
    const at = same.findIndex((other) => other.row === entry.row);
    if (at < 0) {
      return;
    }
    if (same.length === 1) {
      this.#byKey.delete(name);
    } else {
      same.splice(at, 1);
    }
    this.size -= 1;
    if (this.#leaves !== null) {
      removeFrom(this.types, this.#leaves, entry);
    }
  }

  /** The entries whose whole key is this, in the order in which their rows were inserted. */
  lookUp(key: IndexKey): readonly IndexEntry<Row>[] {
    return this.#byKey.get(nameOf(this.types, key)) ?? NONE;
  }

  /**
   * Walks the entries whose key begins with `prefix`, forwards or backwards. The index may change
   * between two steps: each step seeks anew from the entry given last.
   */
  *walk(prefix: IndexKey, direction: "forward" | "backward"): Generator<IndexEntry<Row>> {
    const leaves = this.#ordered();
    const forward = direction === "forward";
    let place = seek(this.types, leaves, prefix, forward ? -1 : Infinity);
    for (;;) {
      const entry = forward ? leaves[place[0]]?.[place[1]] : entryBefore(leaves, place);
      if (entry === undefined || compareKeys(this.types, entry.key, prefix) !== 0) {
        return;
      }
      yield entry;
      place = seek(this.types, leaves, entry.key, forward ? entry.row.id + 1 : entry.row.id);
    }
  }

  /** The first entry behind all whose key begins with `prefix`. */
  firstBehind(prefix: IndexKey): IndexEntry<Row> | undefined {
    const leaves = this.#ordered();
    const [leafAt, at] = seek(this.types, leaves, prefix, Infinity);
    return leaves[leafAt]?.[at];
  }

  #ordered(): IndexEntry<Row>[][] {
    if (this.#leaves !== null) {
      return this.#leaves;
    }
    const entries = [...this.#byKey.values()].flat();
    entries.sort((left, right) => comparePlace(this.types, left, right.key, right.row.id));
    const leaves: IndexEntry<Row>[][] = [];
    for (let at = 0; at < entries.length; at += LEAF_LENGTH_MAX / 2) {
      leaves.push(entries.slice(at, at + LEAF_LENGTH_MAX / 2));
    }
    this.#leaves = leaves;
    return leaves;
  }
}

/** Orders two keys of columns of these types, over the columns that both have. */
export function compareKeys(types: readonly SqlType[], left: IndexKey, right: IndexKey): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    const a = left[at] ?? null;
    const b = right[at] ?? null;
    if (a === b) {
      continue;
    }
    if (a === null) {
      return 1;
    }
    if (b === null) {
      return -1;
    }
    const order = types[at]?.compare(a, b) ?? 0;
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

/** The key as one value for a Map: equal keys have equal names, different keys different ones. */
function nameOf(types: readonly SqlType[], key: IndexKey): HashKey | null {
  if (key.length === 1) {
    return partName(types[0], key[0] ?? null);
  }
  let name = "";
  for (let at = 0; at < key.length; at += 1) {
    const part = partName(types[at], key[at] ?? null);
    name += part === null ? "n" : `${String(part).length}:${String(part)}`;
  }
  return name;
}

function partName(type: SqlType | undefined, value: Datum): HashKey | null {
  return value === null || type === undefined ? null : type.hashKey(value);
}

function insertInto(
  types: readonly SqlType[],
  leaves: IndexEntry<IndexedRow>[][],
  entry: IndexEntry<IndexedRow>,
): void {
  const [leafAt, at] = seek(types, leaves, entry.key, entry.row.id);
  const leaf = leaves[leafAt] ?? leaves.at(-1);
  if (leaf === undefined) {
    leaves.push([entry]);
    return;
  }
  leaf.splice(leafAt < leaves.length ? at : leaf.length, 0, entry);
  if (leaf.length <= LEAF_LENGTH_MAX) {
    return;
  }
  const halfAt = Math.min(leafAt, leaves.length - 1);
  leaves.splice(halfAt + 1, 0, leaf.splice(LEAF_LENGTH_MAX / 2));
}

function removeFrom(
  types: readonly SqlType[],
  leaves: IndexEntry<IndexedRow>[][],
  entry: IndexEntry<IndexedRow>,
): void {
  const [leafAt, at] = seek(types, leaves, entry.key, entry.row.id);
  const leaf = leaves[leafAt];
  if (leaf?.[at]?.row !== entry.row) {
    return;
  }
  leaf.splice(at, 1);
  if (leaf.length === 0) {
    leaves.splice(leafAt, 1);
  }
}

function entryBefore<Row extends IndexedRow>(
  leaves: readonly IndexEntry<Row>[][],
  [leafAt, at]: readonly [number, number],
): IndexEntry<Row> | undefined {
  return at > 0 ? leaves[leafAt]?.[at - 1] : leaves[leafAt - 1]?.at(-1);
}

/** The place of the first entry at or after (key, rowId); a shorter key is compared as a prefix. */
function seek(
  types: readonly SqlType[],
  leaves: readonly IndexEntry<IndexedRow>[][],
  key: IndexKey,
  rowId: number,
): [number, number] {
  let low = 0;
  let high = leaves.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const last = leaves[middle]?.at(-1);
    if (last !== undefined && comparePlace(types, last, key, rowId) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const leafAt = low;
  const leaf = leaves[leafAt];
  if (leaf === undefined) {
    return [leafAt, 0];
  }
  low = 0;
  high = leaf.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = leaf[middle];
    if (entry !== undefined && comparePlace(types, entry, key, rowId) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return [leafAt, low];
}

function comparePlace(
  types: readonly SqlType[],
  entry: IndexEntry<IndexedRow>,
  key: IndexKey,
  rowId: number,
): number {
  const order = compareKeys(types, entry.key, key);
  return order === 0 ? entry.row.id - rowId : order;
}
