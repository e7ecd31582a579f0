import type { SqlValue } from "./sql-type.ts";
import type { Table } from "./table.ts";
import type { Snapshot, Transaction } from "./transaction.ts";

/** The values of one version of a row, in the order of the table's columns. */
export type Row = readonly SqlValue[];

/**
 * How strongly a row is locked, weakest first, as in heapam: FOR KEY SHARE, FOR SHARE, FOR NO KEY UPDATE,
 * FOR UPDATE. An UPDATE that leaves the key columns alone counts as FOR NO KEY UPDATE.
 */
export type RowLockMode = 0 | 1 | 2 | 3;
export const KEY_SHARE = 0;
export const SHARE = 1;
export const NO_KEY_UPDATE = 2;
export const FOR_UPDATE = 3;

/** A transaction that locked a row version without changing it. */
export interface RowLocker {
  readonly transaction: Transaction;
  readonly mode: RowLockMode;
}

/** One version of a row: who made it, who ended it, who holds a lock on it. */
export class RowVersion {
  readonly row: StoredRow;
  readonly values: Row;
  readonly createdBy: Transaction;
  readonly createdAtCommand: number;
  /** Who deleted or replaced it; an aborted one counts as none. */
  endedBy: Transaction | null = null;
  endedAtCommand = 0;
  endedMode: RowLockMode = FOR_UPDATE;
  /** The version that replaced this one; null when `endedBy` deleted the row. */
  next: RowVersion | null = null;
  lockers: RowLocker[] | null = null;

  constructor(row: StoredRow, values: Row, createdBy: Transaction, createdAtCommand: number) {
    this.row = row;
    this.values = values;
    this.createdBy = createdBy;
    this.createdAtCommand = createdAtCommand;
  }

  /** The transaction that ended this version and has not aborted, if there is one. */
  get liveEnder(): Transaction | null {
    return this.endedBy !== null && this.endedBy.status !== "aborted" ? this.endedBy : null;
  }
}

/**
 * A row from its insertion to its deletion: the chain of its versions, newest last. At most one of them is
 * visible to a snapshot. Indexes point here, so a version that leaves the indexed columns alone costs them nothing.
 */
export class StoredRow {
  readonly table: Table;
  /** Given in the order of insertion; the last word in every order that has to be total. */
  readonly id: number;
  versions: RowVersion[] = [];

  constructor(table: Table, id: number) {
    this.table = table;
    this.id = id;
  }

  /** The version that the snapshot sees, or null. */
  visibleTo(snapshot: Snapshot): RowVersion | null {
    for (let at = this.versions.length - 1; at >= 0; at -= 1) {
      const version = this.versions[at];
      if (version !== undefined && isVisible(version, snapshot)) return version;
    }
    return null;
  }
}

/** Visibility as in heapam_visibility.c, HeapTupleSatisfiesMVCC. */
export function isVisible(version: RowVersion, snapshot: Snapshot): boolean {
  const creator = version.createdBy;
  if (creator.status === "aborted") return false;
  if (creator === snapshot.transaction) {
    if (version.createdAtCommand >= snapshot.command) return false;
  } else if (creator.status === "active" || creator.commitNumber > snapshot.commitNumber) {
    return false;
  }
  const ender = version.liveEnder;
  if (ender === null) return true;
  if (ender === snapshot.transaction) return version.endedAtCommand >= snapshot.command;
  return ender.status === "active" || ender.commitNumber > snapshot.commitNumber;
}

/** True when no snapshot at or after `horizon` can ever see the version again. */
export function isDead(version: RowVersion, horizon: number): boolean {
  if (version.createdBy.status === "aborted") return true;
  const ender = version.endedBy;
  return ender !== null && ender.status === "committed" && ender.commitNumber <= horizon;
}
