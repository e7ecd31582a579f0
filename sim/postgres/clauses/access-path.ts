import type { ColumnMatch, Evaluate, Expression } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import { compareKeys, type IndexKey } from "../storage/ordered-index.ts";
import { type RowVersion, indexKeyOf, type Table, type TableIndex } from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";
import type { HashKey } from "../types/datum.ts";

/**
 * One of the conditions that a query joins with AND, and its text, to be recognised in a partial
 * index.
 */
export interface Conjunct {
  readonly expression: Expression;
  readonly canonical: string;
}

/** A column that the query's ORDER BY names, with its direction. */
export interface WantedOrder {
  readonly column: number;
  readonly descending: boolean;
}

/**
 * How the rows of one table are found. `ordered` says that they come in the order that was wanted.
 */
export interface AccessPath {
  /** The index's place among the table's; null for a walk over the whole table. */
  readonly indexAt: number | null;
  /**
   * The values of the index's first columns; the last of them may be a list to be tried one by one.
   */
  readonly prefix: readonly Evaluate[];
  readonly lastIsList: boolean;
  readonly whole: boolean;
  readonly direction: "forward" | "backward";
  readonly ordered: boolean;
  readonly score: number;
}

/** The path through an index of one engine. */
export interface BoundPath extends AccessPath {
  readonly index: TableIndex | null;
}

const WHOLE_TABLE: AccessPath = {
  indexAt: null,
  prefix: [],
  lastIsList: false,
  whole: false,
  direction: "forward",
  ordered: false,
  score: 0,
};

/**
 * What the choice of a path depends on. `bound` are the tables whose row is known by then, as bits.
 */
export interface PathQuestion {
  readonly table: Table;
  readonly source: number;
  readonly bound: number;
  readonly conjuncts: readonly Conjunct[];
  readonly wantedOrder: readonly WantedOrder[] | null;
}

/**
 * Chooses the index that narrows most: a whole unique key, then the longest prefix, then a partial
 * index, then order.
 */
export function chooseAccessPath(question: PathQuestion): AccessPath {
  let best = WHOLE_TABLE;
  for (const indexAt of question.table.indexes.keys()) {
    const path = pathThrough(indexAt, question);
    if (path.score > best.score) {
      best = path;
    }
  }
  return best;
}

/** The path over this table, which has the shape of the one it was chosen for. */
export function bindPath(path: AccessPath, table: Table): BoundPath {
  return { ...path, index: path.indexAt === null ? null : (table.indexes[path.indexAt] ?? null) };
}

/**
 * The versions that the snapshot sees on the path. The caller checks its conditions on each of
 * them.
 */
export function versionsOn(
  path: BoundPath,
  table: Table,
  frame: Frame,
  snapshot: Snapshot,
): Iterable<RowVersion> {
  const { index } = path;
  if (index === null) {
    return everyVersion(table, snapshot);
  }
  const prefixes = prefixesOf(path, index, frame);
  if (path.whole) {
    return lookedUpVersions(index, prefixes, snapshot);
  }
  return walkedVersions(path, index, prefixes, snapshot);
}

function pathThrough(indexAt: number, question: PathQuestion): AccessPath {
  const index = question.table.indexes[indexAt];
  if (index === undefined || !isUsable(index, question)) {
    return WHOLE_TABLE;
  }
  const prefix: Evaluate[] = [];
  let lastIsList = false;
  for (const column of index.columns) {
    const match = findMatch(column, question);
    if (match === undefined) {
      break;
    }
    prefix.push(match.value);
    lastIsList = match.kind === "any";
    if (lastIsList) {
      break;
    }
  }
  const whole = prefix.length === index.columns.length;
  const rest = index.columns.slice(prefix.length);
  const direction = lastIsList ? undefined : orderOf(rest, question.wantedOrder);
  const score =
    (whole && index.unique ? 1000 : prefix.length * 100) +
    (index.predicate === null ? 0 : 60) +
    (direction === undefined ? 0 : 50) -
    (lastIsList ? 10 : 0);
  const ordered = direction !== undefined;
  return { indexAt, prefix, lastIsList, whole, direction: direction ?? "forward", ordered, score };
}

/** A partial index serves a query that repeats the index's conditions. */
function isUsable(index: TableIndex, { conjuncts, source }: PathQuestion): boolean {
  if (index.predicate === null) {
    return true;
  }
  return index.predicate.canonicalConjuncts.every((canonical) =>
    conjuncts.some((one) => one.canonical === canonical && one.expression.sources === 1 << source),
  );
}

function findMatch(column: number, question: PathQuestion): ColumnMatch | undefined {
  const matches = question.conjuncts
    .flatMap((conjunct) => conjunct.expression.matches ?? [])
    .filter(
      ({ place, sources }) =>
        place.source === question.source &&
        place.column === column &&
        (sources & ~question.bound) === 0,
    );
  return matches.find((match) => match.kind === "one") ?? matches[0];
}

function orderOf(
  columns: readonly number[],
  wanted: readonly WantedOrder[] | null,
): "forward" | "backward" | undefined {
  if (wanted === null || wanted.length === 0 || wanted.length > columns.length) {
    return undefined;
  }
  const descending = wanted[0]?.descending;
  const fits = wanted.every(
    (key, at) => key.column === columns[at] && key.descending === descending,
  );
  if (!fits) {
    return undefined;
  }
  return descending === true ? "backward" : "forward";
}

function prefixesOf(path: AccessPath, index: TableIndex, frame: Frame): IndexKey[] {
  const values = path.prefix.map((evaluate) => evaluate(frame));
  if (!path.lastIsList) {
    return values.includes(null) ? [] : [values];
  }
  const fixed = values.slice(0, -1);
  const list = values.at(-1);
  if (fixed.includes(null) || list === null || typeof list !== "object") {
    return [];
  }
  const { types } = index.entries;
  const distinct = new Map<HashKey, IndexKey>();
  for (const value of list) {
    const type = types[fixed.length];
    if (value !== null && type !== undefined) {
      distinct.set(type.hashKey(value), [...fixed, value]);
    }
  }
  return [...distinct.values()].toSorted((left, right) => compareKeys(types, left, right));
}

function* everyVersion(table: Table, snapshot: Snapshot): Generator<RowVersion> {
  for (const row of table.rows) {
    const version = row.visibleTo(snapshot);
    if (version !== null) {
      yield version;
    }
  }
}

function lookedUpVersions(
  index: TableIndex,
  keys: readonly IndexKey[],
  snapshot: Snapshot,
): RowVersion[] {
  const versions: RowVersion[] = [];
  for (const key of keys) {
    for (const { row } of index.entries.lookUp(key)) {
      const version = row.visibleTo(snapshot);
      if (version !== null && hasKey(index, version, key)) {
        versions.push(version);
      }
    }
  }
  return versions;
}

function* walkedVersions(
  path: AccessPath,
  index: TableIndex,
  prefixes: readonly IndexKey[],
  snapshot: Snapshot,
): Generator<RowVersion> {
  for (const prefix of prefixes) {
    for (const { key, row } of index.entries.walk(prefix, path.direction)) {
      const version = row.visibleTo(snapshot);
      if (version !== null && hasKey(index, version, key)) {
        yield version;
      }
    }
  }
}

/** An entry may be there for another version of its row, whose key was another one. */
function hasKey(index: TableIndex, version: RowVersion, key: IndexKey): boolean {
  const own = indexKeyOf(index, version.values);
  return own !== undefined && compareKeys(index.entries.types, own, key) === 0;
}
