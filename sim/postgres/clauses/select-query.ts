import type { Aggregates } from "../expressions/aggregate.ts";
import { settleUnknown } from "../expressions/coercion.ts";
import { coerceToCommon } from "../expressions/common-type.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { demandEquality } from "../expressions/demand-comparable.ts";
import type { Evaluate, Expression } from "../expressions/expression.ts";
import { allSteps, type PlanStep } from "../expressions/fold.ts";
import { foldAll, isKnown } from "../expressions/folding.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { Aggregation } from "../operators/aggregation.ts";
import { Arrangement, type SortKey } from "../operators/arrangement.ts";
import { DistinctOn } from "../operators/distinct-on.ts";
import { Distinct } from "../operators/distinct.ts";
import { Evaluated } from "../operators/evaluated.ts";
import { Limit } from "../operators/limit.ts";
import { LockRows, type RowMark } from "../operators/lock-rows.ts";
import type { RowStream } from "../operators/operator.ts";
import { Projection } from "../operators/projection.ts";
import { SetExpansion } from "../operators/set-rows.ts";
import { type ColumnSortKey, SortedStream } from "../operators/sorted-stream.ts";
import { Windows } from "../operators/windows.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BOOLEAN, TEXT } from "../types/builtin-types.ts";
import type { Field } from "../types/field.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { WantedOrder } from "./access-path.ts";
import { hasQuery, isVolatile } from "./call-search.ts";
import { conditionOf, type Conjunct, foldConjuncts, isShut, readConjuncts } from "./conjunct.ts";
import { type FromClause, planningOf, pruneColumns, readFromClause } from "./from-clause.ts";
import { maskOfGroup, sourcesOf } from "./from-item.ts";
import { compileGroupClause, GroupedColumns, type GroupKey } from "./grouping.ts";
import { planFrom, type PlannedFrom } from "./join-plan.ts";
import { compileLimit, type PlannedLimit } from "./limit-clause.ts";
import { markRows, readLockingClause, wordsOf } from "./locking-clause.ts";
import { QueryCalls } from "./query-calls.ts";
import type { Locking, QueryPlan } from "./query-plan.ts";
import { buildFrame, type InnerQueries, QueryScope } from "./query-scope.ts";
import { compileSortClause, findTarget, type SortClauseKey } from "./sort-clause.ts";
import type { Site } from "./statement-context.ts";
import { compileTargets, type Target } from "./target-list.ts";

/** Compiles SELECT ... FROM ... without set operations, as a query inside the given scope. */
export function compileSelectQuery(scope: QueryScope, node: SyntaxNode): SelectQuery {
  return new SelectReader(scope, node).read();
}

/** The parts of a SELECT as they were compiled. */
interface SelectParts {
  readonly from: FromClause;
  readonly planned: PlannedFrom;
  readonly sources: readonly number[];
  readonly grouping: {
    readonly keys: readonly GroupKey[] | null;
    readonly aggregates: Aggregates;
  } | null;
  readonly where: readonly Conjunct[];
  readonly having: readonly Conjunct[];
  readonly sortKeys: readonly SortClauseKey[];
  /** The calls of sets and over windows in the select list and ORDER BY. */
  readonly calls: QueryCalls;
  readonly distinct: boolean;
  /** Of DISTINCT ON; null without it. */
  readonly distinctOn: readonly Expression[] | null;
  readonly limit: PlannedLimit | null;
}

/** One SELECT, compiled. */
export class SelectQuery implements QueryPlan {
  readonly #scope: QueryScope;
  readonly #subQueries: InnerQueries;
  readonly #entries: number;
  readonly #parts: SelectParts;
  readonly #targets: Target[];
  readonly #marks: RowMark[] = [];
  readonly uses: number;

  constructor(scope: QueryScope, parts: SelectParts, targets: readonly Target[]) {
    this.#scope = scope;
    this.#subQueries = scope.subQueries;
    this.#entries = scope.entries.length;
    this.#parts = parts;
    this.#targets = [...targets];
    this.uses = scope.outerUses;
  }

  get columns(): readonly Field[] {
    return this.#targets.map(({ name, expression }) => ({
      name,
      type: expression.type,
      typmod: expression.typmod ?? -1,
    }));
  }

  /** How each output column is computed. */
  get targets(): readonly Target[] {
    return this.#targets;
  }

  /** Gives every column that is still of unknown type the type text. */
  settle(): void {
    for (const [at, target] of this.#targets.entries()) {
      const expression = settleUnknown(this.#scope, target.expression, TEXT);
      this.#targets[at] = { ...target, expression };
    }
  }

  coerceColumn(at: number, type: SqlType, construct = "SELECT"): void {
    const target = this.#targets[at];
    if (target !== undefined) {
      const expression = coerceToCommon(this.#scope, target.expression, type, construct);
      this.#targets[at] = { ...target, expression };
    }
  }

  positionOf(at: number): number | undefined {
    return this.#targets[at]?.position;
  }

  keepColumns(isUsed: readonly boolean[]): void {
    const { distinct, sortKeys, calls } = this.#parts;
    if (distinct || calls.sets !== null) {
      return;
    }
    for (const [at, target] of this.#targets.entries()) {
      const isSorted = sortKeys.some((key) => key.target === at);
      if (isUsed[at] !== false || isSorted || (target.node && isVolatile(target.node))) {
        continue;
      }
      const { type, typmod = -1 } = target.expression;
      this.#targets[at] = {
        ...target,
        expression: { type, typmod, evaluate: nothing, sources: 0 },
      };
    }
  }

  lock(locking: Locking, node: SyntaxNode): void {
    this.lockNamed({ locking, names: [], node });
  }

  /** The query's own FOR UPDATE, or one of a query around it. */
  lockNamed(wanted: {
    readonly locking: Locking;
    readonly names: readonly string[];
    readonly node: SyntaxNode;
  }): void {
    const { grouping, distinct, distinctOn, from, calls } = this.#parts;
    const words = wordsOf(wanted.locking);
    if (distinct || distinctOn !== null) {
      throw new PostgresError("0A000", `${words} is not allowed with DISTINCT clause`);
    }
    if (grouping !== null) {
      const what = grouping.keys !== null ? "GROUP BY clause" : "aggregate functions";
      throw new PostgresError("0A000", `${words} is not allowed with ${what}`);
    }
    if (calls.windowWork !== null) {
      throw new PostgresError("0A000", `${words} is not allowed with window functions`);
    }
    if (calls.sets !== null) {
      const message = `${words} is not allowed with set-returning functions in the target list`;
      throw new PostgresError("0A000", message);
    }
    markRows(from, this.#marks, wanted);
  }

  planning(): PlanStep | null {
    const { from, where, grouping, having, sortKeys, calls, distinctOn, limit } = this.#parts;
    const shown = [
      ...this.#targets.map(({ expression }) => expression),
      ...sortKeys.flatMap(({ target, expression }) =>
        target === undefined && expression !== undefined ? [expression] : [],
      ),
      ...(grouping?.keys ?? []).map(({ expression }) => expression),
      ...(distinctOn ?? []),
      ...calls.windows.keys,
    ];
    const rest = allSteps([foldConjuncts(having), limit?.planning ?? null]);
    return planningOf(from, where, foldAll([...new Set(shown)]), rest);
  }

  build(site: Site): RowStream {
    const { planned, sources, grouping, having, sortKeys, distinct, limit } = this.#parts;
    const { distinctOn, calls } = this.#parts;
    const frame = buildFrame(site, this.#entries, this.#subQueries);
    let operator = planned.build(site, frame);
    if (grouping !== null) {
      const keys = grouping.keys?.map(({ expression }) => expression) ?? null;
      const aggregates = grouping.aggregates;
      const parts = { keys, calls: aggregates, having: conditionOf(having) };
      operator = new Aggregation(frame, operator, sources, parts);
    }
    const places = [...sources];
    const grouped = grouping !== null;
    const { windowWork, sets } = calls;
    if (windowWork !== null) {
      const { source, work } = windowWork;
      const keys = this.#windowKeys();
      if (keys.length > 0) {
        operator = new Evaluated(frame, operator, keys);
      }
      const rows = { source, sources: [...places], grouped };
      operator = new Windows(frame, operator, work, rows);
      places.push(source);
    }
    if (sets !== null) {
      operator = new SetExpansion(frame, operator, sets.source, sets.calls);
      places.push(sets.source);
    }
    const early = this.#early();
    const ordered = planned.ordered && !grouped && windowWork === null && sets === null;
    const matters =
      site.shuffles ||
      distinctOn !== null ||
      sortKeys.length > 0 ||
      limit !== null ||
      this.#marks.length > 0;
    // Groups come in the order of their keys, where that is what is wanted.
    const isByKeys = grouping !== null && sortKeys.every((key) => this.#isGroupKey(key));
    const isSorted = !distinct && !ordered && sortKeys.length > 0 && !isByKeys;
    if (early.length > 0 && (isSorted || calls.windows.hasUnused)) {
      operator = new Evaluated(frame, operator, early);
    }
    if (!distinct && !ordered && matters) {
      const rows = { sources: places, grouped };
      operator = new Arrangement(frame, operator, this.#sortKeys(), rows);
    }
    if (distinctOn !== null) {
      operator = new DistinctOn(frame, operator, distinctOn);
    }
    if (this.#marks.length > 0) {
      operator = new LockRows(frame, operator, this.#marks);
    }
    const targets = this.#targets.map(({ expression }) => expression.evaluate);
    let stream: RowStream = new Projection(frame, operator, targets);
    if (distinct) {
      stream = new SortedStream(frame, new Distinct(stream, this.#types()), this.#columnKeys());
    }
    return limit === null ? stream : new Limit(frame, stream, limit);
  }

  /**
   * make_sort_input_target: what is computed before the rows are sorted. What may have effects is
   * computed last, and a query too, where LIMIT says that not all rows are wanted.
   */
  #early(): Evaluate[] {
    const { limit, calls } = this.#parts;
    const isLimited = limit !== null && limit.limit !== null;
    const sets = calls.sets === null ? 0 : 1 << calls.sets.source;
    const shown = this.#targets.flatMap(({ expression, node = expression.node }) => {
      const isPlain = expression.column !== undefined || isKnown(expression);
      const isLate =
        (expression.sources & sets) !== 0 ||
        node === undefined ||
        isVolatile(node) ||
        (isLimited && hasQuery(node));
      return isPlain || isLate ? [] : [expression.evaluate];
    });
    return [...shown, ...calls.windows.unusedKeys.map(({ evaluate }) => evaluate)];
  }

  /** make_window_input_target: what windows sort by is computed of each row as it is found. */
  #windowKeys(): Evaluate[] {
    return this.#parts.calls.windows.keys.flatMap((key) => {
      const isPlain = key.column !== undefined || isKnown(key);
      return isPlain || key.node === undefined || isVolatile(key.node) ? [] : [key.evaluate];
    });
  }

  #isGroupKey({ target, expression }: SortClauseKey): boolean {
    const sorted = target === undefined ? expression : this.#targets[target]?.expression;
    const text = sorted?.node?.canonical();
    return (this.#parts.grouping?.keys ?? []).some(
      (key) => key.expression === sorted || (text !== undefined && key.node?.canonical() === text),
    );
  }

  #types(): SqlType[] {
    return this.#targets.map(({ expression }) => expression.type);
  }

  #columnKeys(): ColumnSortKey[] {
    return this.#parts.sortKeys.map(({ target = 0, descending, nullsFirst }) => {
      const type = this.#targets[target]?.expression.type ?? TEXT;
      return { column: target, type, descending, nullsFirst };
    });
  }

  #sortKeys(): SortKey[] {
    return this.#parts.sortKeys.map(({ target, expression, descending, nullsFirst }) => {
      const sorted = target === undefined ? expression : this.#targets[target]?.expression;
      return {
        evaluate: sorted?.evaluate ?? nothing,
        type: sorted?.type ?? TEXT,
        descending,
        nullsFirst,
      };
    });
  }
}

const nothing = (): null => null;

/** Reads the clauses in Postgres's order, for it decides which of them types a parameter. */
class SelectReader {
  readonly #scope: QueryScope;
  readonly #node: SyntaxNode;
  readonly #calls: QueryCalls;

  constructor(outer: QueryScope, node: SyntaxNode) {
    this.#scope = new QueryScope(outer.context, outer, outer.compilers);
    this.#node = node;
    this.#calls = new QueryCalls(this.#scope);
  }

  read(): SelectQuery {
    const scope = this.#scope;
    const node = this.#node;
    node.only("op", "SETOP_NONE");
    node.only("limitOption", "LIMIT_OPTION_DEFAULT", "LIMIT_OPTION_COUNT");
    const from = readFromClause(scope, node.children("fromClause"));
    this.#calls.windows.define(node.children("windowClause"));
    const targets = compileTargets(scope, node.children("targetList"), this.#compileIn("SELECT"));
    const whereNode = node.child("whereClause");
    const where = scope.within("WHERE", null, () => readConjuncts(scope, whereNode, "WHERE"));
    const havingNode = node.child("havingClause");
    const havingText = havingNode?.reopen();
    const having = scope.within(
      "HAVING",
      (call) => this.#calls.compile(call, { words: "HAVING", windows: false }),
      () => readConjuncts(scope, havingNode, "HAVING"),
    );
    const sortNodes = node.children("sortClause");
    const written = compileSortClause(scope, sortNodes, targets, this.#compileIn("ORDER BY"));
    const groupNodes = node.children("groupClause");
    const keys = compileGroupClause(scope, groupNodes, targets, this.#compileKey);
    const distinctNodes = readDistinct(node);
    const distinct = distinctNodes === "all";
    const distinctOn =
      typeof distinctNodes === "string" ? null : this.#distinctOn(distinctNodes, targets, written);
    if (distinct) {
      for (const { expression, position } of targets) {
        demandEquality(expression.type, position);
      }
    }
    const sortKeys = distinct ? written.map((key) => inSelectList(key, targets)) : written;
    const limitNodes = { limit: node.child("limitCount"), offset: node.child("limitOffset") };
    const limit = scope.within("LIMIT", null, () => compileLimit(scope, limitNodes));
    const keysAllow = { words: "window definitions", windows: false };
    scope.within(
      keysAllow.words,
      (call) => this.#calls.compile(call, keysAllow),
      () => this.#calls.windows.finish(),
    );
    const lockingNodes = node.children("lockingClause");
    node.end();

    const isGrouped =
      keys.length > 0 || this.#calls.aggregates.count > 0 || havingNode !== undefined;
    const grouping = isGrouped
      ? { keys: keys.length > 0 ? keys : null, aggregates: this.#calls.aggregates }
      : null;
    const setSource = this.#calls.sets?.source;
    for (const { expression, node: key } of keys) {
      if (setSource !== undefined && ((expression.sources >> setSource) & 1) === 1) {
        (key ?? node).refuse("GROUP BY a function that gives a set");
      }
    }
    if (isGrouped) {
      this.#checkGrouped(from, keys, [
        ...targets,
        ...sortKeys.flatMap(({ expression, node: key }) =>
          expression === undefined ? [] : [{ expression, node: key }],
        ),
        ...(havingText === undefined ? [] : [{ expression: UNSHOWN, node: havingText }]),
      ]);
    }
    const order =
      isGrouped || distinct || distinctOn !== null ? null : orderOverOneTable(sortKeys, targets);
    const early = isGrouped
      ? having.filter((one) => isShut(one) || (!one.isOfGroups && !one.isVolatile))
      : [];
    const planned = planFrom(from.group, [...where, ...early], order);
    const sources = sourcesOf(maskOfGroup(from.group));
    const calls = this.#calls;
    const parts = {
      from,
      planned,
      sources,
      grouping,
      calls,
      sortKeys,
      distinct,
      distinctOn,
      limit,
      where,
      having,
    };
    const query = new SelectQuery(scope, parts, targets);
    pruneColumns(scope, from);
    for (const lockingNode of lockingNodes) {
      const { locking, names } = readLockingClause(lockingNode);
      query.lockNamed({ locking, names, node: lockingNode });
    }
    return query;
  }

  #compileIn(words: string): (node: SyntaxNode) => Expression {
    const compileCall = (call: SyntaxNode): Expression =>
      this.#calls.compile(call, { words, windows: true });
    return (node) =>
      this.#scope.within(words, compileCall, () => compileExpression(this.#scope, node));
  }

  readonly #compileKey = (node: SyntaxNode): Expression =>
    this.#scope.within("GROUP BY", null, () =>
      settleUnknown(this.#scope, compileExpression(this.#scope, node), TEXT),
    );

  /** transformDistinctOnClause: ORDER BY has to begin with these expressions, in any order. */
  #distinctOn(
    nodes: readonly SyntaxNode[],
    targets: readonly Target[],
    sortKeys: readonly SortClauseKey[],
  ): Expression[] {
    const keys = nodes.map((node) => {
      const target = findTarget(node, targets, "DISTINCT ON");
      const text = node.reopen().canonical();
      const expression =
        target === undefined
          ? this.#compileIn("DISTINCT ON")(node)
          : (targets[target]?.expression ?? UNSHOWN);
      return { expression: settleUnknown(this.#scope, expression, TEXT), target, text };
    });
    const isKey = (sorted: SortClauseKey): boolean => {
      const column = (
        sorted.target === undefined ? sorted.expression : targets[sorted.target]?.expression
      )?.column;
      return keys.some(
        ({ expression, target, text }) =>
          (target !== undefined && target === sorted.target) ||
          text === sorted.node.canonical() ||
          (column !== undefined &&
            expression.column?.source === column.source &&
            expression.column.column === column.column),
      );
    };
    const firstOther = sortKeys.findIndex((sorted) => !isKey(sorted));
    const matched = firstOther < 0 ? sortKeys.length : firstOther;
    if (firstOther >= 0 && (matched < keys.length || sortKeys.slice(firstOther).some(isKey))) {
      throw new PostgresError(
        "42P10",
        "SELECT DISTINCT ON expressions must match initial ORDER BY expressions",
      );
    }
    return keys.map(({ expression }) => expression);
  }

  #checkGrouped(
    from: FromClause,
    keys: readonly GroupKey[],
    shown: readonly { readonly expression: Expression; readonly node: SyntaxNode | undefined }[],
  ): void {
    const grouped = new GroupedColumns(this.#scope, keys, from.tables);
    for (const one of shown) {
      grouped.check(one);
    }
  }
}

const UNSHOWN: Expression = { type: BOOLEAN, evaluate: nothing, sources: 0 };

/** DISTINCT alone is a list with nothing in it; DISTINCT ON is one of expressions. */
function readDistinct(node: SyntaxNode): "none" | "all" | readonly SyntaxNode[] {
  const nodes = node.sparseChildren("distinctClause");
  if (nodes.length === 0) {
    return "none";
  }
  const written = nodes.filter((one) => one !== undefined);
  return written.length === 0 ? "all" : written;
}

/** Of DISTINCT: an expression of ORDER BY stands for the output column that is written like it. */
function inSelectList(key: SortClauseKey, targets: readonly Target[]): SortClauseKey {
  if (key.target !== undefined) {
    return key;
  }
  const text = key.node.canonical();
  const column = key.expression?.column;
  const found = targets.findIndex(({ node, expression }) =>
    column === undefined
      ? node?.canonical() === text
      : expression.column?.source === column.source && expression.column.column === column.column,
  );
  if (found < 0) {
    const message = "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
    throw new PostgresError("42P10", message).at(key.node.start);
  }
  return { ...key, target: found };
}

/**
 * Null where an index cannot give the order: NULLS placed otherwise than in a B-tree, or not a
 * plain column.
 */
function orderOverOneTable(
  keys: readonly SortClauseKey[],
  targets: readonly Target[],
): WantedOrder[] | null {
  const wanted: WantedOrder[] = [];
  for (const { target, expression, descending, nullsFirst } of keys) {
    const sorted = target === undefined ? expression : targets[target]?.expression;
    if (sorted?.column === undefined || nullsFirst !== descending) {
      return null;
    }
    wanted.push({ column: sorted.column.column, descending });
  }
  return wanted;
}
