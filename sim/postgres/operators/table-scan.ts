import type { Evaluate } from "../expressions/expression.ts";
import { type Frame, NULL_ROW } from "../expressions/frame.ts";
import { sortInPlace } from "../ground/sort-in-place.ts";
import { compareKeys, type IndexEntry, type IndexKey } from "../storage/ordered-index.ts";
import {
  indexKeyOf,
  type RowVersion,
  type StoredRow,
  type Table,
  type TableIndex,
} from "../storage/table.ts";
import { isArray } from "../types/array.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { Condition, Operator } from "./operator.ts";

/** Where the rows of a scan go, and which of them count. */
export interface ScanParts {
  readonly frame: Frame;
  /** The entry's place in FROM. */
  readonly source: number;
  readonly table: Table;
  /** All conditions on the row, those included that led to it. */
  readonly filter: Condition;
}

/** The values of an index's first columns; the last may be a list, to be tried one by one. */
export interface IndexPrefix {
  readonly index: TableIndex;
  readonly values: readonly Evaluate[];
  readonly lastIsList: boolean;
}

/** The versions of a table's rows that the statement's snapshot sees. */
abstract class Scan implements Operator {
  protected readonly parts: ScanParts;
  #testing = false;

  constructor(parts: ScanParts) {
    this.parts = parts;
  }

  open(): void {
    this.#testing = false;
    this.begin();
  }

  next(): boolean {
    const { frame, source, filter } = this.parts;
    for (;;) {
      if (!this.#testing) {
        const version = this.advance();
        if (version === null) {
          return false;
        }
        frame.rows[source] = version.values;
        frame.versions[source] = version;
        this.#testing = true;
      }
      const met = filter(frame);
      this.#testing = false;
      if (met) {
        return true;
      }
    }
  }

  recheck(): boolean {
    const { frame, source, filter } = this.parts;
    return frame.rows[source] !== NULL_ROW && filter(frame);
  }

  /** Goes to the start, with the values as they are now. */
  protected abstract begin(): void;

  /** The next version that may count; null after the last. */
  protected abstract advance(): RowVersion | null;
}

/** Every row of a table, in the order of insertion. */
export class WholeTableScan extends Scan {
  #rows: Iterator<StoredRow> | null = null;

  protected override begin(): void {
    const { table, frame } = this.parts;
    frame.execution.tracker?.tableRead(table);
    this.#rows = table.rows.values();
  }

  protected override advance(): RowVersion | null {
    const { snapshot, tracker } = this.parts.frame.execution;
    for (;;) {
      const step = this.#rows?.next();
      if (step === undefined || step.done === true) {
        this.#rows = null;
        return null;
      }
      const version = step.value.visibleTo(snapshot);
      tracker?.rowRead(step.value, version);
      if (version !== null) {
        return version;
      }
    }
  }
}

/** The rows with a whole key of an index, or with each of a list of such keys. */
export class KeyScan extends Scan {
  readonly #prefix: IndexPrefix;
  #keys: readonly IndexKey[] = [];
  #keyAt = 0;
  #entry: IndexEntry<StoredRow> | null = null;

  constructor(parts: ScanParts, prefix: IndexPrefix) {
    super(parts);
    this.#prefix = prefix;
  }

  protected override begin(): void {
    this.#keys = keysOf(this.#prefix, this.parts.frame);
    this.#keyAt = 0;
    this.#entry = null;
  }

  protected override advance(): RowVersion | null {
    const { snapshot, tracker } = this.parts.frame.execution;
    const { index } = this.#prefix;
    const several = this.#keys.length > 1;
    for (;;) {
      const entry = this.#entry;
      if (entry === null) {
        const key = this.#keys[this.#keyAt];
        if (key === undefined) {
          return null;
        }
        this.#keyAt += 1;
        tracker?.rangeRead(index, key);
        this.#entry = index.entries.lookUp(key);
        continue;
      }
      this.#entry = entry.next;
      const version = entry.row.visibleTo(snapshot);
      tracker?.rowRead(entry.row, version);
      // With one key the filter says enough; with several a row could come under its old key, too.
      if (version !== null && (!several || hasKey(index, version, entry.key))) {
        return version;
      }
    }
  }
}

/** The rows under a beginning of an index's key, in the order of the index. */
export class IndexScan extends Scan {
  readonly #prefix: IndexPrefix;
  readonly #direction: "forward" | "backward";
  #keys: readonly IndexKey[] = [];
  #keyAt = 0;
  #walk: Iterator<IndexEntry<StoredRow>> | null = null;

  constructor(parts: ScanParts, prefix: IndexPrefix, direction: "forward" | "backward") {
    super(parts);
    this.#prefix = prefix;
    this.#direction = direction;
  }

  protected override begin(): void {
    this.#keys = keysOf(this.#prefix, this.parts.frame);
    this.#keyAt = 0;
    this.#walk = null;
  }

  protected override advance(): RowVersion | null {
    const { snapshot, tracker } = this.parts.frame.execution;
    const { index } = this.#prefix;
    for (;;) {
      if (this.#walk === null) {
        const key = this.#keys[this.#keyAt];
        if (key === undefined) {
          return null;
        }
        this.#keyAt += 1;
        tracker?.rangeRead(index, key);
        this.#walk = index.entries.walk(key, this.#direction);
      }
      const step = this.#walk.next();
      if (step.done === true) {
        this.#walk = null;
        continue;
      }
      const { key, row } = step.value;
      const version = row.visibleTo(snapshot);
      tracker?.rowRead(row, version);
      if (version !== null && hasKey(index, version, key)) {
        return version;
      }
    }
  }
}

/** An entry may be there for another version of its row, whose key was another one. */
function hasKey(index: TableIndex, version: RowVersion, key: IndexKey): boolean {
  const own = indexKeyOf(index, version.values);
  return own !== undefined && compareKeys(index.entries.types, own, key) === 0;
}

const NO_KEYS: readonly IndexKey[] = [];

function keysOf(prefix: IndexPrefix, frame: Frame): readonly IndexKey[] {
  const [first, second] = prefix.values;
  if (first !== undefined && second === undefined) {
    const value = first(frame);
    return value === null ? NO_KEYS : prefix.lastIsList ? keysOfList(prefix, [], value) : [[value]];
  }
  const values: Datum[] = [];
  for (const evaluate of prefix.values) {
    const value = evaluate(frame);
    if (value === null) {
      return NO_KEYS;
    }
    values.push(value);
  }
  if (!prefix.lastIsList) {
    return [values];
  }
  return keysOfList(prefix, values, values.pop() ?? null);
}

function keysOfList(
  { index }: IndexPrefix,
  values: readonly Datum[],
  list: Datum,
): readonly IndexKey[] {
  if (!isArray(list)) {
    return NO_KEYS;
  }
  const keys: IndexKey[] = [];
  for (const item of list) {
    if (item !== null) {
      keys.push(values.length === 0 ? [item] : [...values, item]);
    }
  }
  return inOrder(index.entries.types, keys);
}

/** The keys in the order of an index, each but once. */
function inOrder(types: readonly SqlType[], keys: IndexKey[]): readonly IndexKey[] {
  sortInPlace(keys, (left, right) => compareKeys(types, left, right));
  let distinct = 0;
  for (const key of keys) {
    const last = keys[distinct - 1];
    if (last === undefined || compareKeys(types, last, key) !== 0) {
      keys[distinct] = key;
      distinct += 1;
    }
  }
  if (distinct < keys.length) {
    keys.length = distinct;
  }
  return keys;
}
