import type { ColumnMatch, Evaluate } from "../expressions/expression.ts";
import type { Operator } from "../operators/operator.ts";
import { IndexScan, KeyScan, type ScanParts, WholeTableScan } from "../operators/table-scan.ts";
import type { Table, TableIndex } from "../storage/table.ts";
import type { Conjunct } from "./conjunct.ts";

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
  /** The sources that the prefix depends on, as bits. */
  readonly sources: number;
  readonly score: number;
}

const WHOLE_TABLE: AccessPath = {
  indexAt: null,
  prefix: [],
  lastIsList: false,
  whole: false,
  direction: "forward",
  ordered: false,
  sources: 0,
  score: 0,
};

/** What the choice of a path depends on. `bound` are the sources whose row is known, as bits. */
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

/** The scan along the path; its filter holds all conditions, those of the path included. */
export function scanAlong(path: AccessPath, parts: ScanParts): Operator {
  const index = path.indexAt === null ? undefined : parts.table.indexes[path.indexAt];
  if (index === undefined) {
    return new WholeTableScan(parts);
  }
  const prefix = { index, values: path.prefix, lastIsList: path.lastIsList };
  return path.whole ? new KeyScan(parts, prefix) : new IndexScan(parts, prefix, path.direction);
}

function pathThrough(indexAt: number, question: PathQuestion): AccessPath {
  const index = question.table.indexes[indexAt];
  if (index === undefined || !isUsable(index, question)) {
    return WHOLE_TABLE;
  }
  const prefix: Evaluate[] = [];
  let lastIsList = false;
  let sources = 0;
  for (const column of index.columns) {
    const match = findMatch(column, question);
    if (match === undefined) {
      break;
    }
    prefix.push(match.value);
    sources |= match.sources;
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
  return {
    indexAt,
    prefix,
    lastIsList,
    whole,
    direction: direction ?? "forward",
    ordered: direction !== undefined,
    sources,
    score,
  };
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
