import { compareKeys, type IndexKey } from "../storage/ordered-index.ts";
import type { RowVersion, Table, TableIndex } from "../storage/table.ts";

/** Rows of a page that are locked one by one before the page is (max_pred_locks_per_page). */
const ROWS_OF_A_PAGE_MAX = 2;
const PAGE_BYTES = 8168;
const ROW_HEADER_BYTES = 28;
const COLUMN_BYTES = 8;
/** An index of so few entries is one page, and whoever reads it has read all of it. */
const ENTRIES_OF_A_PAGE = 300;
const RANGES_MAX = 8;

interface IndexReads {
  all: boolean;
  readonly ranges: IndexKey[];
}

/**
 * SIREAD locks of one transaction: what it has read, as tables, pages of rows, single versions, and
 * ranges of indexes. They hold nobody up; who writes looks whether they have been read.
 */
export class ReadLocks {
  readonly #tables = new Set<Table>();
  readonly #versions = new Set<RowVersion>();
  /** By table and page, the number of its versions that are locked one by one; -1 for all. */
  readonly #pages = new Map<Table, Map<number, number>>();
  readonly #indexes = new Map<TableIndex, IndexReads>();

  addTable(table: Table): void {
    this.#tables.add(table);
  }

  addVersion(version: RowVersion): void {
    const { table } = version.row;
    if (this.#tables.has(table) || this.#versions.has(version)) {
      return;
    }
    let pages = this.#pages.get(table);
    if (pages === undefined) {
      pages = new Map();
      this.#pages.set(table, pages);
    }
    const page = pageOf(version);
    const count = pages.get(page) ?? 0;
    if (count < 0) {
      return;
    }
    this.#versions.add(version);
    pages.set(page, count + 1 > ROWS_OF_A_PAGE_MAX ? -1 : count + 1);
  }

  /** Everything of the index whose key begins so. */
  addRange(index: TableIndex, prefix: IndexKey): void {
    let reads = this.#indexes.get(index);
    if (reads === undefined) {
      reads = { all: false, ranges: [] };
      this.#indexes.set(index, reads);
    }
    const small = index.entries.size <= ENTRIES_OF_A_PAGE;
    if (small || prefix.length === 0 || reads.ranges.length >= RANGES_MAX) {
      reads.all = true;
    } else if (!reads.all) {
      reads.ranges.push(prefix);
    }
  }

  hasTable(table: Table): boolean {
    return this.#tables.has(table);
  }

  /** True when the version was read, by itself, with its page or with its table. */
  hasVersion(version: RowVersion): boolean {
    const { table } = version.row;
    return (
      this.#tables.has(table) ||
      this.#versions.has(version) ||
      this.#pages.get(table)?.get(pageOf(version)) === -1
    );
  }

  /** True when a new entry with the key falls into what was read, or just behind it. */
  hasKey(index: TableIndex, key: IndexKey): boolean {
    const reads = this.#indexes.get(index);
    if (reads === undefined) {
      return false;
    }
    return reads.all || reads.ranges.some((prefix) => isNear(index, prefix, key));
  }

  clear(): void {
    this.#tables.clear();
    this.#versions.clear();
    this.#pages.clear();
    this.#indexes.clear();
  }
}

/**
 * Next-key locking: the gap behind a range belongs to it, for a key that is written there would
 * have stood on the same page.
 */
function isNear(index: TableIndex, prefix: IndexKey, key: IndexKey): boolean {
  const { types } = index.entries;
  const order = compareKeys(types, key, prefix);
  if (order <= 0) {
    return order === 0;
  }
  const next = index.entries.firstBehind(prefix);
  return next === undefined || compareKeys(types, key, next.key) <= 0;
}

function pageOf(version: RowVersion): number {
  const bytes = ROW_HEADER_BYTES + COLUMN_BYTES * version.row.table.columns.length;
  return Math.floor(version.place / Math.max(1, Math.floor(PAGE_BYTES / bytes)));
}
