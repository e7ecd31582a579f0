import type { IndexKey } from "../storage/ordered-index.ts";
import type { RowVersion, StoredRow, Table, TableIndex } from "../storage/table.ts";

/**
 * Is told what a SERIALIZABLE transaction reads and writes. Each may throw 40001, where that leaves
 * no serial order of the transactions.
 */
export interface SerializableTracker {
  /** The whole table is read. */
  tableRead(table: Table): void;
  /** Everything of the index whose key begins so is read. */
  rangeRead(index: TableIndex, prefix: IndexKey): void;
  /** A row was met, of which the snapshot sees this version, or none. */
  rowRead(row: StoredRow, visible: RowVersion | null): void;
  /** A row is about to be inserted. */
  inserts(table: Table): void;
  /** A version is about to be replaced or deleted. */
  changes(version: RowVersion): void;
  /** A new version is about to get this entry, whether the index has the row under it or not. */
  addsKey(index: TableIndex, key: IndexKey): void;
}
