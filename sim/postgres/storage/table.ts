import { Lock } from "../locks/lock.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { IndexKey, OrderedIndex } from "./ordered-index.ts";
import { FOR_UPDATE, type RowValues, type RowLockMode } from "./row.ts";
import type { Sequence } from "./sequence.ts";
import type { Snapshot, Transaction } from "./transaction.ts";

/**
 * A column as it was declared. Its place among the table's is its for ever: one that was dropped
 * stays, without a name that could be said.
 */
export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly typmod: number;
  readonly notNull: boolean;
  readonly default: ColumnDefault | null;
  readonly identity: Identity | null;
  readonly generated: GenerationExpression | null;
  readonly dropped: boolean;
}

/** GENERATED ALWAYS AS (expression) STORED. */
export interface GenerationExpression {
  readonly canonical: string;
  /** The places of the columns that it reads; none of them is generated. */
  readonly columns: readonly number[];
  readonly compute: (row: RowValues) => Datum;
}

/** DEFAULT, with its text in one form; `compute` is given what expressions are computed from. */
export interface ColumnDefault {
  readonly canonical: string;
  readonly compute: (frame: object) => Datum;
}

/** GENERATED AS IDENTITY: ALWAYS, or BY DEFAULT, where another value may be written. */
export interface Identity {
  readonly always: boolean;
  readonly sequence: Sequence;
}

/** A CHECK constraint; it is broken only where it is false, not where it is null. */
export interface CheckConstraint {
  readonly name: string;
  /** The places of the columns that it reads. */
  readonly columns: readonly number[];
  readonly evaluate: (row: RowValues) => Datum;
}

/** What a foreign key does with those who refer to a row that goes, or gets another key. */
export type ForeignKeyAction = "no action" | "restrict" | "cascade" | "set null" | "set default";

/** A foreign key. */
export interface ForeignKey {
  readonly name: string;
  readonly onDelete: ForeignKeyAction;
  readonly onUpdate: ForeignKeyAction;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  readonly table: Table;
  readonly columns: readonly number[];
  readonly referenced: Table;
  readonly referencedColumns: readonly number[];
  /** Of the referenced columns. */
  readonly types: readonly SqlType[];
}

/**
 * The WHERE of a partial index: its text in one form, to be found again in a query, and its value.
 */
export interface IndexPredicate {
  readonly canonicalConjuncts: readonly string[];
  readonly evaluate: (row: RowValues) => Datum;
}

/** A part of an index that is no plain column. */
export interface IndexExpression {
  /** Its text in one form, to be found again in a query. */
  readonly canonical: string;
  /** As details of errors show it. */
  readonly text: string;
  readonly type: SqlType;
  readonly evaluate: (row: RowValues) => Datum;
}

/** In `columns` of an index: the part is an expression. */
export const EXPRESSION = -1;

/**
 * A B-tree index. DESC and NULLS FIRST are not kept: they say how entries lie, not what is found.
 */
export interface TableIndex {
  readonly name: string;
  /** The places of its columns; `EXPRESSION` for a part that is none. */
  readonly columns: readonly number[];
  /** By the place in `columns`; empty where all are plain columns. */
  readonly expressions: readonly (IndexExpression | undefined)[];
  readonly unique: boolean;
  readonly primary: boolean;
  /** True where it belongs to a constraint of its name. */
  readonly constraint: boolean;
  readonly predicate: IndexPredicate | null;
  /** TRUNCATE puts an empty one in its place. */
  entries: OrderedIndex<StoredRow>;
}

/** A table: its definition and its rows. */
export class Table {
  name: string;
  readonly columns: Column[];
  readonly createdBy: Transaction;
  /** Who changed the definition last, in place; while that one is open, no other may look. */
  changedBy: Transaction | null = null;
  readonly lock: Lock;
  rows = new Set<StoredRow>();
  /** The indexes that every query may use. */
  readonly indexes: TableIndex[] = [];
  /**
   * Indexes that open transactions are making. No query looks into them, for they may be taken
   * back while its plan lives on; whoever writes keeps them up. Only their makers can write: the
   * lock of CREATE INDEX holds all others off.
   */
  readonly drafts: TableIndex[] = [];
  readonly checks: CheckConstraint[] = [];
  readonly foreignKeys: ForeignKey[] = [];
  readonly referencedBy: ForeignKey[] = [];
  /** Columns of unique indexes: an UPDATE that changes one of them locks as FOR UPDATE does. */
  keyColumns: readonly number[] = [];
  /** The places of those that are computed from the rest of their row. */
  generatedColumns: readonly number[] = [];
  #rowsMade = 0;
  #places = 0;
  #shape: string | null = null;
  #liveColumns: readonly Column[] | null = null;

  constructor(name: string, columns: readonly Column[], createdBy: Transaction) {
    this.name = name;
    this.columns = [...columns];
    this.createdBy = createdBy;
    this.lock = new Lock(`relation ${name}`);
  }

  /**
   * All of the definition that a plan depends on, as a text: tables of one shape can share plans.
   */
  get shape(): string {
    this.#shape ??= describeShape(this);
    return this.#shape;
  }

  /** The columns that were not dropped, as they are now: one array until the definition changes. */
  get liveColumns(): readonly Column[] {
    this.#liveColumns ??= this.columns.filter((column) => !column.dropped);
    return this.#liveColumns;
  }

  /** The column's place, or -1. */
  columnAt(name: string): number {
    return this.columns.findIndex((column) => column.name === name && !column.dropped);
  }

  /** The place of the next version. */
  takePlace(): number {
    this.#places += 1;
    return this.#places - 1;
  }

  /** A new row with its first version. */
  addRow(values: RowValues, createdBy: Transaction, createdAtCommand: number): RowVersion {
    this.#rowsMade += 1;
    const row = new StoredRow(this, this.#rowsMade);
    const version = new RowVersion(row, values, createdBy, createdAtCommand);
    row.add(version);
    this.rows.add(row);
    return version;
  }

  /** Every index that a new version of a row has to be put into. */
  get writtenIndexes(): readonly TableIndex[] {
    return this.drafts.length === 0 ? this.indexes : [...this.indexes, ...this.drafts];
  }

  /** Adds the index and its columns' part in what counts as a key. */
  addIndex(index: TableIndex): void {
    this.indexes.push(index);
    this.refresh();
  }

  /** Takes the index away again. */
  dropIndex(index: TableIndex): void {
    this.indexes.splice(this.indexes.indexOf(index), 1);
    this.refresh();
  }

  /** Makes a draft an index that every query may use. */
  publishDraft(index: TableIndex): void {
    this.dropDraft(index);
    this.addIndex(index);
  }

  /** Takes a draft away again. */
  dropDraft(index: TableIndex): void {
    this.drafts.splice(this.drafts.indexOf(index), 1);
  }

  /** What follows from the definition is worked out anew: to be called when that was changed. */
  refresh(): void {
    this.#shape = null;
    this.#liveColumns = null;
    const keyColumns = new Set<number>();
    for (const index of this.indexes) {
      const plain = index.predicate === null && index.expressions.length === 0;
      for (const column of index.unique && plain ? index.columns : []) {
        keyColumns.add(column);
      }
    }
    this.keyColumns = [...keyColumns];
    this.generatedColumns = [...this.columns.keys()].filter(
      (at) => (this.columns[at]?.generated ?? null) !== null,
    );
  }
}

/** True when both rows are in the index, under one key. */
export function haveSameKey(index: TableIndex, left: RowValues, right: RowValues): boolean {
  const { types } = index.entries;
  for (let at = 0; at < index.columns.length; at += 1) {
    const a = indexPartOf(index, at, left);
    const b = indexPartOf(index, at, right);
    if (a !== b && (a === null || b === null || types[at]?.compare(a, b) !== 0)) {
      return false;
    }
  }
  const { predicate } = index;
  return (
    predicate === null || (predicate.evaluate(left) === true && predicate.evaluate(right) === true)
  );
}

function describeShape({ name, columns, indexes }: Table): string {
  const columnShapes = columns.map((column) => {
    return [
      column.name,
      column.type.oid,
      column.typmod,
      column.default?.canonical,
      column.identity?.always,
      column.generated?.canonical,
      column.dropped,
    ];
  });
  const indexShapes = indexes.map((index) => {
    const { predicate, unique, expressions } = index;
    const parts = expressions.map((one) => one?.canonical);
    return [index.name, unique, index.columns, parts, predicate?.canonicalConjuncts];
  });
  return JSON.stringify([name, columnShapes, indexShapes]);
}

/** The types of these columns. @throws Error when the table has no such column */
export function typesOf(table: Table, columns: readonly number[]): SqlType[] {
  return columns.map((at) => {
    const column = table.columns[at];
    if (column === undefined) {
      throw new Error(`table ${table.name} has no column ${at}`);
    }
    return column.type;
  });
}

/** The row's key in the index, or undefined when a partial index leaves the row out. */
export function indexKeyOf(index: TableIndex, row: RowValues): IndexKey | undefined {
  if (index.predicate !== null && index.predicate.evaluate(row) !== true) {
    return undefined;
  }
  return index.columns.length === 1
    ? [indexPartOf(index, 0, row)]
    : index.columns.map((_, at) => indexPartOf(index, at, row));
}

function indexPartOf(index: TableIndex, at: number, row: RowValues): Datum {
  const column = index.columns[at] ?? EXPRESSION;
  if (column === EXPRESSION) {
    return index.expressions[at]?.evaluate(row) ?? null;
  }
  return row[column] ?? null;
}

/** A transaction that locked a row version without changing it. */
export interface RowLocker {
  readonly transaction: Transaction;
  readonly mode: RowLockMode;
}

/** One version of a row: who made it, who ended it, who holds a lock on it. */
export class RowVersion {
  readonly row: StoredRow;
  /** In the order of the columns; ALTER TABLE changes them in place. */
  values: RowValues;
  readonly createdBy: Transaction;
  readonly createdAtCommand: number;
  /** Its place in the table's storage, where versions lie in the order of their making. */
  readonly place: number;
  /** Who deleted or replaced it; an aborted one counts as none. */
  endedBy: Transaction | null = null;
  endedAtCommand = 0;
  endedMode: RowLockMode = FOR_UPDATE;
  /** The version that replaced this one; null when `endedBy` deleted the row. */
  next: RowVersion | null = null;
  lockers: readonly RowLocker[] | null = null;
  /** The version of the row that was made after this one, whatever became of either. */
  newer: RowVersion | null = null;

  constructor(row: StoredRow, values: RowValues, createdBy: Transaction, createdAtCommand: number) {
    this.row = row;
    this.values = values;
    this.createdBy = createdBy;
    this.createdAtCommand = createdAtCommand;
    this.place = row.table.takePlace();
  }

  /** The transaction that ended this version and has not aborted, if there is one. */
  get liveEnder(): Transaction | null {
    return this.endedBy !== null && this.endedBy.status !== "aborted" ? this.endedBy : null;
  }
}

/**
 * A row from its insertion to its deletion: the chain of its versions, newest last. At most one of
 * them is visible to a snapshot. Indexes point here, so a version that leaves the indexed columns
 * alone costs them nothing.
 */
export class StoredRow {
  readonly table: Table;
  /** Given in the order of insertion; the last word in every order that has to be total. */
  readonly id: number;
  /** The first of its versions; null once all of them are cleared away. */
  oldest: RowVersion | null = null;

  constructor(table: Table, id: number) {
    this.table = table;
    this.id = id;
  }

  /** All that are kept, oldest first. */
  get versions(): readonly RowVersion[] {
    const versions: RowVersion[] = [];
    for (let version = this.oldest; version !== null; version = version.newer) {
      versions.push(version);
    }
    return versions;
  }

  /** Adds the newest version. */
  add(added: RowVersion): void {
    let last = this.oldest;
    if (last === null) {
      this.oldest = added;
      return;
    }
    while (last.newer !== null) {
      last = last.newer;
    }
    last.newer = added;
  }

  /** The version that the snapshot sees, or null. */
  visibleTo(snapshot: Snapshot): RowVersion | null {
    for (let version = this.oldest; version !== null; version = version.newer) {
      if (isVisible(version, snapshot)) {
        return version;
      }
    }
    return null;
  }
}

/** Visibility as in heapam_visibility.c, HeapTupleSatisfiesMVCC. */
export function isVisible(version: RowVersion, snapshot: Snapshot): boolean {
  const creator = version.createdBy;
  if (creator.status === "aborted") {
    return false;
  }
  if (creator.top === snapshot.transaction) {
    if (version.createdAtCommand >= snapshot.command) {
      return false;
    }
  } else if (creator.status === "active" || creator.commitNumber > snapshot.commitNumber) {
    return false;
  }
  const ender = version.liveEnder;
  if (ender === null) {
    return true;
  }
  if (ender.top === snapshot.transaction) {
    return version.endedAtCommand >= snapshot.command;
  }
  return ender.status === "active" || ender.commitNumber > snapshot.commitNumber;
}

/** True when no snapshot at or after `horizon` can ever see the version again. */
export function isDead(version: RowVersion, horizon: number): boolean {
  if (version.createdBy.status === "aborted") {
    return true;
  }
  const ender = version.endedBy;
  return ender !== null && ender.status === "committed" && ender.commitNumber <= horizon;
}
