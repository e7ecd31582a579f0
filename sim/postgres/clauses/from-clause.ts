import { compileCondition } from "../expressions/compile-expression.ts";
import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { RowVersion, Table } from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import {
  type AccessPath,
  bindPath,
  type BoundPath,
  chooseAccessPath,
  type Conjunct,
  versionsOn,
  type WantedOrder,
} from "./access-path.ts";
import type { QueryScope } from "./query-scope.ts";

/**
 * The tables of a query as they were written: their names are in the scope, their conditions here.
 */
export interface FromClause {
  readonly conjuncts: Conjunct[];
  /** The conditions of each LEFT JOIN, by the place of its right-hand table. */
  readonly outerJoins: Map<number, readonly Conjunct[]>;
}

/** One table of a nested-loop join. */
interface Level {
  readonly source: number;
  readonly path: AccessPath;
  readonly filters: readonly Evaluate[];
  /** Of a LEFT JOIN only: what makes a row of this table match. */
  readonly joinFilters: readonly Evaluate[] | null;
}

interface BoundLevel extends Level {
  readonly table: Table;
  readonly path: BoundPath;
}

/** The join as it will be run, over tables of certain shapes. */
export interface Join {
  readonly levels: readonly Level[];
  /** Every condition, for EvalPlanQual's second look at a row that has changed. */
  readonly filters: readonly Evaluate[];
  readonly ordered: boolean;
}

/** The join as it will be run, over the tables of one engine. */
export interface JoinPlan extends Join {
  readonly levels: readonly BoundLevel[];
}

/** Reads FROM: tables, INNER JOIN and LEFT JOIN, to whose right stands a table. */
export function readFromClause(
  catalog: Catalog,
  scope: QueryScope,
  nodes: SyntaxNode[],
): FromClause {
  const clause: FromClause = { conjuncts: [], outerJoins: new Map() };
  for (const node of nodes) {
    readFromItem(catalog, scope, node, clause);
  }
  return clause;
}

/** Reads `table [AS alias]`. */
export function readTableReference(catalog: Catalog, scope: QueryScope, node: SyntaxNode): Table {
  const name = node.requiredText("relname");
  node.only("schemaname", "public");
  node.only("inh", true);
  node.only("relpersistence", "p");
  const alias = node.part("alias");
  const aliasName = alias?.requiredText("aliasname");
  alias?.end();
  node.end();
  const table = catalog.demandTable(name);
  scope.add({ alias: aliasName ?? name, table });
  return table;
}

/** The conditions of a WHERE or ON, split at AND. */
export function readConjuncts(
  scope: QueryScope,
  node: SyntaxNode | undefined,
  clause: string,
): Conjunct[] {
  if (node === undefined) {
    return [];
  }
  if (node.kind === "BoolExpr" && node.reopen().text("boolop") === "AND_EXPR") {
    return node.children("args").flatMap((operand) => readConjuncts(scope, operand, "AND"));
  }
  return [{ expression: compileCondition(scope, node, clause), canonical: node.canonical() }];
}

/**
 * Plans the join: with inner joins alone the order is chosen, table by table, by the best index.
 */
export function planJoin(
  scope: QueryScope,
  clause: FromClause,
  conjuncts: readonly Conjunct[],
  wantedOrder: readonly WantedOrder[] | null,
): Join {
  const left = scope.sources.map((_, at) => at);
  const pending = new Set(conjuncts);
  const levels: Level[] = [];
  let bound = 0;
  while (left.length > 0) {
    const choices = (clause.outerJoins.size > 0 ? left.slice(0, 1) : left).map((source) => {
      const outer = clause.outerJoins.get(source) ?? null;
      const table = tableOf(scope, source);
      const usable = outer ?? conjuncts;
      const order = levels.length === 0 && scope.sources.length === 1 ? wantedOrder : null;
      const question = { table, source, bound, conjuncts: usable, wantedOrder: order };
      return { source, outer, path: chooseAccessPath(question) };
    });
    const choice = choices.reduce((best, one) => (one.path.score > best.path.score ? one : best));
    const { source, outer, path } = choice;
    left.splice(left.indexOf(source), 1);
    bound |= 1 << source;
    const now = [...pending].filter((one) => (one.expression.sources & ~bound) === 0);
    for (const one of now) {
      pending.delete(one);
    }
    const joinFilters = outer?.map((one) => one.expression.evaluate) ?? null;
    const filters = now.map((one) => one.expression.evaluate);
    levels.push({ source, path, filters, joinFilters });
  }
  const filters = conjuncts.map((one) => one.expression.evaluate);
  return { levels, filters, ordered: levels.length === 1 && levels[0]?.path.ordered === true };
}

/** The join over these tables, in the order in which they were written. */
export function bindJoin(join: Join, tables: readonly Table[]): JoinPlan {
  const levels = join.levels.map((level): BoundLevel => {
    const table = tables[level.source];
    if (table === undefined) {
      throw new Error("a table of the query is missing from its plan");
    }
    return { ...level, table, path: bindPath(level.path, table) };
  });
  return { ...join, levels };
}

/**
 * The versions of one table that meet the conditions, one after the other as they are asked for.
 */
export function versionsAt(
  level: BoundLevel,
  frame: Frame,
  snapshot: Snapshot,
): Iterable<RowVersion> {
  const { source, table, path, filters } = level;
  const meets = (version: RowVersion): boolean => {
    frame.rows[source] = version.values;
    return allTrue(filters, frame);
  };
  const versions = versionsOn(path, table, frame, snapshot);
  return Array.isArray(versions) ? versions.filter(meets) : filterLazily(versions, meets);
}

/** Runs the join: at each step the frame's rows are those of one result. */
export function* runJoin(
  plan: JoinPlan,
  frame: Frame,
  snapshot: Snapshot,
  depth = 0,
): Generator<void> {
  const level = plan.levels[depth];
  if (level === undefined) {
    if (depth > 0 || allTrue(plan.filters, frame)) {
      yield;
    }
    return;
  }
  const { source, table, path, filters, joinFilters } = level;
  const last = depth + 1 === plan.levels.length;
  let matched = false;
  for (const version of versionsOn(path, table, frame, snapshot)) {
    frame.rows[source] = version.values;
    if (joinFilters !== null && !allTrue(joinFilters, frame)) {
      continue;
    }
    matched = true;
    if (!allTrue(filters, frame)) {
      continue;
    }
    if (last) {
      yield;
    } else {
      yield* runJoin(plan, frame, snapshot, depth + 1);
    }
  }
  if (joinFilters === null || matched) {
    return;
  }
  frame.rows[source] = [];
  if (!allTrue(filters, frame)) {
    return;
  }
  if (last) {
    yield;
  } else {
    yield* runJoin(plan, frame, snapshot, depth + 1);
  }
}

/** True when every condition is true, neither false nor null. */
export function allTrue(filters: readonly Evaluate[], frame: Frame): boolean {
  for (const filter of filters) {
    if (filter(frame) !== true) {
      return false;
    }
  }
  return true;
}

function* filterLazily(
  versions: Iterable<RowVersion>,
  meets: (version: RowVersion) => boolean,
): Generator<RowVersion> {
  for (const version of versions) {
    if (meets(version)) {
      yield version;
    }
  }
}

function readFromItem(
  catalog: Catalog,
  scope: QueryScope,
  node: SyntaxNode,
  clause: FromClause,
): void {
  if (node.kind === "RangeVar") {
    readTableReference(catalog, scope, node);
    return;
  }
  if (node.kind !== "JoinExpr") {
    node.refuse(`${node.kind} in FROM`);
  }
  const type = node.requiredText("jointype");
  const left = node.requiredChild("larg");
  const right = node.requiredChild("rarg");
  const condition = node.child("quals");
  node.end();
  if (right.kind !== "RangeVar") {
    right.refuse(`${right.kind} to the right of a JOIN`);
  }
  readFromItem(catalog, scope, left, clause);
  readTableReference(catalog, scope, right);
  const conjuncts = readConjuncts(scope, condition, "JOIN/ON");
  if (type === "JOIN_INNER") {
    clause.conjuncts.push(...conjuncts);
  } else if (type === "JOIN_LEFT") {
    clause.outerJoins.set(scope.sources.length - 1, conjuncts);
  } else {
    node.refuse(type);
  }
}

function tableOf(scope: QueryScope, source: number): Table {
  const found = scope.sources[source];
  if (found === undefined) {
    throw new Error("a table of the query is missing from its scope");
  }
  return found.table;
}
