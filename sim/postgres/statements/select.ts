import type { WantedOrder } from "../clauses/access-path.ts";
import type { FoundRow } from "../clauses/found-row.ts";
import {
  allTrue,
  bindJoin,
  type Join,
  type JoinPlan,
  planJoin,
  readConjuncts,
  readFromClause,
  runJoin,
  versionsAt,
} from "../clauses/from-clause.ts";
import { demandGrouped, groupRows } from "../clauses/grouping.ts";
import { FoundRowLocking, type Locking, readLockingClause } from "../clauses/locking-clause.ts";
import { QueryScope } from "../clauses/query-scope.ts";
import { compareByKeys, compileSortClause, type SortKey } from "../clauses/sort-clause.ts";
import type { StatementPlan, PlanOutcome, PlanTemplate } from "../clauses/statement-plan.ts";
import { compileTargets, type Target } from "../clauses/target-list.ts";
import { Aggregates } from "../expressions/aggregate.ts";
import { settleUnknown } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import type { Evaluate, Expression } from "../expressions/expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { ParameterTypes } from "../expressions/scope.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { shuffle } from "../ground/shuffle.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
import { ACCESS_SHARE, ROW_SHARE } from "../locks/lock.ts";
import type { Execution } from "../rows/execution.ts";
import type { Catalog } from "../storage/catalog.ts";
import type { RowValues } from "../storage/row.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, isWhole } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { whole, type Whole } from "../types/whole.ts";

interface Select {
  readonly join: Join;
  readonly groupBy: readonly Expression[] | null;
  readonly aggregates: Aggregates;
  readonly targets: readonly Target[];
  readonly sortKeys: readonly SortKey[];
  readonly limit: Evaluate | null;
  readonly offset: Evaluate | null;
  readonly locking: Locking | null;
}

interface SelectPlan extends Select {
  readonly join: JoinPlan;
}

/**
 * Compiles SELECT ... FROM ... WHERE ... GROUP BY ... ORDER BY ... LIMIT ... OFFSET ... FOR UPDATE.
 */
export function compileSelect(catalog: Catalog, node: SyntaxNode): PlanTemplate {
  const parameters = new ParameterTypes();
  const scope = new QueryScope(parameters);
  const select = readSelect(catalog, scope, node);
  const tableNames = scope.takeTables().map((table) => table.name);
  return templateOf(tableNames, select, parameters.finish());
}

function templateOf(
  tableNames: readonly string[],
  select: Select,
  parameterTypes: readonly SqlType[],
): PlanTemplate {
  const mode = select.locking === null ? ACCESS_SHARE : ROW_SHARE;
  const columns = select.targets.map((target) => target.column);
  return {
    tableNames,
    bind(tables): StatementPlan {
      const bound: SelectPlan = { ...select, join: bindJoin(select.join, tables) };
      return {
        tag: (count) => `SELECT ${count}`,
        columns,
        tableLocks: tables.map((table) => ({ table, mode })),
        parameterTypes,
        run: (execution) => runSelect(bound, execution),
      };
    },
  };
}

/** The clauses are compiled in Postgres's order, for it decides which of them types a parameter. */
function readSelect(catalog: Catalog, scope: QueryScope, node: SyntaxNode): Select {
  node.only("op", "SETOP_NONE");
  node.only("limitOption", "LIMIT_OPTION_DEFAULT", "LIMIT_OPTION_COUNT");
  const from = readFromClause(catalog, scope, node.children("fromClause"));
  const aggregates = new Aggregates(scope);
  const compile = (one: SyntaxNode): Expression => {
    scope.aggregateCall = aggregates.compileCall;
    const compiled = compileExpression(scope, one);
    scope.aggregateCall = null;
    return compiled;
  };
  const targets = compileTargets(scope, node.children("targetList"), compile);
  const where = readConjuncts(scope, node.child("whereClause"), "WHERE");
  const sortNodes = node.children("sortClause");
  const sortKeys = compileSortClause(scope, sortNodes, targets, compile);
  const groupNodes = node.children("groupClause");
  const limit = compileBound(scope, node.child("limitCount"));
  const offset = compileBound(scope, node.child("limitOffset"));
  const lockingNodes = node.children("lockingClause");
  const locking = readLockingClause(scope, lockingNodes);
  node.end();

  const grouped = groupNodes.length > 0 || aggregates.count > 0;
  const groupBy = grouped ? groupNodes.map((one) => compileExpression(scope, one)) : null;
  if (groupBy !== null) {
    if (locking !== null) {
      node.refuse("a row lock in a grouped query");
    }
    demandGrouped(
      scope,
      groupBy,
      [...targets, ...sortKeys].map((one) => one.expression),
      node,
    );
  }
  const wantedOrder = grouped ? null : orderOverOneTable(sortKeys);
  const join = planJoin(scope, from, [...from.conjuncts, ...where], wantedOrder);
  return { join, groupBy, aggregates, targets, sortKeys, limit, offset, locking };
}

function compileBound(scope: QueryScope, node: SyntaxNode | undefined): Evaluate | null {
  if (node === undefined) {
    return null;
  }
  const expression = settleUnknown(scope, compileExpression(scope, node), BIGINT);
  if (!isWhole(expression.type)) {
    const message = `argument of LIMIT must be type bigint, not type ${expression.type.name}`;
    throw new PostgresError("42804", message);
  }
  return expression.evaluate;
}

/**
 * Null where an index cannot give the order: NULLS placed otherwise than in a B-tree, or not a
 * plain column.
 */
function orderOverOneTable(keys: readonly SortKey[]): WantedOrder[] | null {
  const wanted: WantedOrder[] = [];
  for (const { expression, descending, nullsFirst } of keys) {
    if (expression.column === undefined || nullsFirst !== descending) {
      return null;
    }
    wanted.push({ column: expression.column.column, descending });
  }
  return wanted;
}

const NO_VALUES: RowValues = [];

function* runSelect(select: SelectPlan, execution: Execution): Steps<PlanOutcome> {
  const { locking, targets, join } = select;
  const frame = new Frame(StatementRun.of(execution), null, select.join.levels.length);
  const limit = boundOf(select.limit, frame, "LIMIT");
  let skipped = 0;
  const toSkip = boundOf(select.offset, frame, "OFFSET") ?? 0;
  const rows: RowValues[] = [];
  if (limit === 0) {
    return { rows, count: 0 };
  }
  const rowLocking = locking === null ? null : new FoundRowLocking(execution, locking);
  for (const found of foundRows(select, execution)) {
    frame.rows = found.rows;
    frame.aggregates = found.aggregates;
    if (rowLocking !== null && found.version !== null) {
      rowLocking.start(found.version);
      let version = rowLocking.step();
      for (; version === WAIT; version = rowLocking.step()) {
        yield WAIT;
      }
      if (version === null) {
        continue;
      }
      frame.rows[0] = version.values;
      if (version !== found.version && !allTrue(join.filters, frame)) {
        continue;
      }
    }
    if (skipped < toSkip) {
      skipped += 1;
      continue;
    }
    rows.push(targets.map((target) => target.evaluate(frame)));
    if (limit !== null && rows.length >= limit) {
      break;
    }
  }
  return { rows, count: rows.length };
}

function boundOf(evaluate: Evaluate | null, frame: Frame, clause: string): Whole | null {
  const value = evaluate?.(frame) ?? null;
  if (value === null) {
    return null;
  }
  if (whole(value) >= 0) {
    return whole(value);
  }
  const code = clause === "LIMIT" ? "2201W" : "2201X";
  throw new PostgresError(code, `${clause} must not be negative`);
}

/**
 * Row by row where an index gives the order; otherwise all of them first, shuffled where order is
 * open, sorted.
 */
function foundRows(select: SelectPlan, execution: Execution): Iterable<FoundRow> {
  const found = joinedRows(select.join, execution);
  if (select.groupBy !== null) {
    const groups = groupRows(select.groupBy, select.aggregates, found, execution);
    return sortRows(select.sortKeys, groups, execution);
  }
  if (select.join.ordered) {
    return found;
  }
  return sortRows(select.sortKeys, [...found], execution);
}

function* joinedRows(join: JoinPlan, execution: Execution): Generator<FoundRow> {
  const frame = new Frame(StatementRun.of(execution), null, join.levels.length);
  const [level, second] = join.levels;
  if (level !== undefined && second === undefined) {
    for (const version of versionsAt(level, frame, execution.snapshot)) {
      yield { rows: [version.values], aggregates: NO_VALUES, version };
    }
    return;
  }
  for (const _ of runJoin(join, frame, execution.snapshot)) {
    yield { rows: [...frame.rows], aggregates: NO_VALUES, version: null };
  }
}

function sortRows(
  keys: readonly SortKey[],
  found: readonly FoundRow[],
  execution: Execution,
): readonly FoundRow[] {
  if (found.length < 2) {
    return found;
  }
  const shuffled = shuffle(found, execution.host);
  if (keys.length === 0) {
    return shuffled;
  }
  const frame = new Frame(StatementRun.of(execution), null, 0);
  return shuffled
    .map((row) => {
      frame.rows = row.rows;
      frame.aggregates = row.aggregates;
      return { row, values: keys.map((key) => key.evaluate(frame)) };
    })
    .toSorted((left, right) => compareByKeys(keys, left.values, right.values))
    .map(({ row }) => row);
}
