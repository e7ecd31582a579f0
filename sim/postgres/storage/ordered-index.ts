import type { Datum, HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";

/** The indexed values of a row; null sorts last, as in a B-tree of Postgres. */
export type IndexKey = readonly Datum[];

/** What an index points to: `id` is the last word in its order. */
interface IndexedRow {
  readonly id: number;
}

/** A key and the row that has, or had, a version with it. */
export class IndexEntry<Row extends IndexedRow> {
  readonly key: IndexKey;
  readonly row: Row;
  /**
   * The next entry with the same whole key, in the order in which the rows were inserted. Of an
   * entry that was taken out it still leads on.
   */
  next: IndexEntry<Row> | null = null;
  /** Of the first entry with a key: the last one. */
  last: IndexEntry<Row> = this;

  constructor(key: IndexKey, row: Row) {
    this.key = key;
    this.row = row;
  }
}

const LEAF_LENGTH_MAX = 256;

/**
 * The entries of an index: by whole key in a Map, and in the order of key, then row, once somebody
 * walks them. The order is kept in leaves of at most 256 entries and the list of leaves, so an
 * insertion costs two binary searches and one short splice up to some 100,000 entries, and nothing
 * where nobody asked for order.
 */
export class OrderedIndex<Row extends IndexedRow> {
  /** Of the key's columns. */
  readonly types: readonly SqlType[];
  /** The first entry with each key. */
  readonly #byKey = new Map<HashKey | null, IndexEntry<Row>>();
  /** Who inserts a key has looked for it just before: its name is made once. */
  #namedKey: IndexKey | null = null;
  #name: HashKey | null = null;
  #leaves: IndexEntry<Row>[][] | null = null;
  size = 0;

  /** An index without entries over columns of these types. */
  constructor(types: readonly SqlType[]) {
    this.types = types;
  }

  /** Adds an entry unless the same row is there under the same key. */
  insert(key: IndexKey, row: Row): void {
    const name = this.#nameOf(key);
    const entry = new IndexEntry(key, row);
    const first = this.#byKey.get(name);
    if (first === undefined) {
      this.#byKey.set(name, entry);
    } else if (first.last.row.id < row.id) {
      first.last.next = entry;
      first.last = entry;
    } else if (!this.#insertAmong(name, first, entry)) {
      return;
    }
    this.size += 1;
    if (this.#leaves !== null) {
      insertInto(this.types, this.#leaves, entry);
    }
  }

  /** Takes the entry of the row under the key out, if it is there. */
  remove(key: IndexKey, row: Row): void {
    const name = this.#nameOf(key);
    const first = this.#byKey.get(name);
    let before: IndexEntry<Row> | null = null;
    let entry = first ?? null;
    while (entry !== null && entry.row !== row) {
      before = entry;
      entry = entry.next;
    }
    if (first === undefined || entry === null) {
      return;
    }
    if (before !== null) {
      before.next = entry.next;
      first.last = entry.next === null ? before : first.last;
    } else if (entry.next === null) {
      this.#byKey.delete(name);
    } else {
      entry.next.last = entry.last;
      this.#byKey.set(name, entry.next);
    }
    this.size -= 1;
    if (this.#leaves !== null) {
      removeFrom(this.types, this.#leaves, entry);
    }
  }

  /**
   * The first entry whose whole key is this; the others are reached by `next`. Null when there is
   * none.
   */
  lookUp(key: IndexKey): IndexEntry<Row> | null {
    return this.#byKey.get(this.#nameOf(key)) ?? null;
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
    const entries: IndexEntry<Row>[] = [];
    for (const first of this.#byKey.values()) {
      for (let entry: IndexEntry<Row> | null = first; entry !== null; entry = entry.next) {
        entries.push(entry);
      }
    }
    entries.sort((left, right) => comparePlace(this.types, left, right.key, right.row.id));
    const leaves: IndexEntry<Row>[][] = [];
    for (let at = 0; at < entries.length; at += LEAF_LENGTH_MAX / 2) {
      leaves.push(entries.slice(at, at + LEAF_LENGTH_MAX / 2));
    }
    this.#leaves = leaves;
    return leaves;
  }

  /** An entry that does not come behind all others with its key; false when the row has one. */
  #insertAmong(name: HashKey | null, first: IndexEntry<Row>, entry: IndexEntry<Row>): boolean {
    const { id } = entry.row;
    let before: IndexEntry<Row> | null = null;
    let after = first;
    while (after.row.id < id && after.next !== null) {
      before = after;
      after = after.next;
    }
    if (after.row === entry.row) {
      return false;
    }
    entry.next = after;
    if (before === null) {
      entry.last = first.last;
      this.#byKey.set(name, entry);
    } else {
      before.next = entry;
    }
    return true;
  }

  #nameOf(key: IndexKey): HashKey | null {
    if (key.length === 1) {
      return partName(this.types[0], key[0] ?? null);
    }
    if (this.#namedKey !== key) {
      this.#name = nameOf(this.types, key);
      this.#namedKey = key;
    }
    return this.#name;
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

/** A key as one value for a Map: equal keys have equal names, different keys different ones. */
function nameOf(types: readonly SqlType[], key: IndexKey): string {
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
