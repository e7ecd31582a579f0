import { compileExpression } from "../expressions/compile-expression.ts";
import { allSteps, type PlanStep } from "../expressions/fold.ts";
import { Frame } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { Limit } from "../operators/limit.ts";
import type { CountingStream, RowStream } from "../operators/operator.ts";
import { type ColumnSortKey, SortedStream } from "../operators/sorted-stream.ts";
import type { RowValues } from "../storage/row.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT } from "../types/builtin-types.ts";
import type { Field } from "../types/field.ts";
import type { SqlType } from "../types/sql-type.ts";
import { compileInsert } from "./insert-query.ts";
import { compileLimit, type PlannedLimit } from "./limit-clause.ts";
import { readLockingClause } from "./locking-clause.ts";
import { compileDelete, compileUpdate } from "./modify-query.ts";
import { refuseCall } from "./query-calls.ts";
import type { ChangePlan, Locking, QueryPlan } from "./query-plan.ts";
import { type QueryCompilers, QueryScope } from "./query-scope.ts";
import { compileSelectQuery } from "./select-query.ts";
import { compileSetOperation } from "./set-operation-query.ts";
import { compileSortClause } from "./sort-clause.ts";
import type { Site } from "./statement-context.ts";
import { compileSubLink } from "./sub-link.ts";
import { compileValuesQuery } from "./values-query.ts";
import { compileWith, type WithClause } from "./with-clause.ts";

/** Compiles a query of any form inside the given scope: SELECT, VALUES or a set operation. */
export function compileQuery(scope: QueryScope, node: SyntaxNode): QueryPlan {
  const { result, withClause } = compileWith(scope, node.part("withClause"), () =>
    compileBody(scope, node),
  );
  return withClause === null ? result : new WithQuery(result, withClause);
}

function compileBody(scope: QueryScope, node: SyntaxNode): QueryPlan {
  const isSetOperation = node.reopen().text("op") !== "SETOP_NONE";
  const isValues = node.reopen().children("valuesLists").length > 0;
  if (!isSetOperation && !isValues) {
    return compileSelectQuery(scope, node);
  }
  const plan = isSetOperation ? compileSetOperation(scope, node) : compileValuesQuery(scope, node);
  return finishQuery(scope, node, plan);
}

/** Compiles INSERT, UPDATE or DELETE inside the given scope. */
export function compileChange(scope: QueryScope, node: SyntaxNode): ChangePlan {
  const { result, withClause } = compileWith(scope, node.part("withClause"), () => {
    switch (node.kind) {
      case "InsertStmt":
        return compileInsert(scope, node);
      case "UpdateStmt":
        return compileUpdate(scope, node);
      case "DeleteStmt":
        return compileDelete(scope, node);
      default:
        return node.refuse(node.kind);
    }
  });
  if (withClause === null) {
    return result;
  }
  return {
    ...result,
    planning: withClause.planning(result.planning),
    build: (site) => {
      let change: CountingStream | null = null;
      const rows = withClause.wrap(site, (inside) => {
        change = result.build(inside);
        return change;
      });
      return new CountedWith(rows, () => change?.count ?? 0);
    },
  };
}

class CountedWith implements CountingStream {
  readonly #rows: RowStream;
  readonly #count: () => number;

  constructor(rows: RowStream, count: () => number) {
    this.#rows = rows;
    this.#count = count;
  }

  get count(): number {
    return this.#count();
  }

  open(): void {
    this.#rows.open();
  }

  next(): RowValues | null {
    return this.#rows.next();
  }
}

/** What a scope compiles the queries inside it with. */
export const queryCompilers: QueryCompilers = {
  query: compileQuery,
  change: compileChange,
  subLink: compileSubLink,
  refuseCall,
};

/** A query with its WITH queries. */
class WithQuery implements QueryPlan {
  readonly uses: number;
  readonly #plan: QueryPlan;
  readonly #withClause: WithClause;

  constructor(plan: QueryPlan, withClause: WithClause) {
    this.#plan = plan;
    this.#withClause = withClause;
    this.uses = plan.uses | withClause.uses;
  }

  get columns(): readonly Field[] {
    return this.#plan.columns;
  }

  coerceColumn(at: number, type: SqlType, construct?: string): void {
    this.#plan.coerceColumn(at, type, construct);
  }

  positionOf(at: number): number | undefined {
    return this.#plan.positionOf(at);
  }

  keepColumns(isUsed: readonly boolean[]): void {
    this.#plan.keepColumns(isUsed);
  }

  lock(locking: Locking, node: SyntaxNode): void {
    this.#plan.lock(locking, node);
  }

  planning(): PlanStep | null {
    return this.#withClause.planning(this.#plan.planning());
  }

  build(site: Site): RowStream {
    return this.#withClause.wrap(site, (inside) => this.#plan.build(inside));
  }
}

/** ORDER BY, LIMIT and OFFSET after VALUES or a set operation: output columns are sorted by. */
function finishQuery(outer: QueryScope, node: SyntaxNode, plan: QueryPlan): QueryPlan {
  const scope = new QueryScope(outer.context, outer, outer.compilers);
  const targets = plan.columns.map(({ name, type }) => ({
    name,
    node: undefined,
    position: undefined,
    expression: { type, evaluate: () => null, sources: 0 },
  }));
  scope.addNames({ alias: null, columns: targets, byAlias: false, byColumn: true });
  const sortKeys = compileSortClause(scope, node.children("sortClause"), targets, (key) => {
    // Whatever is wrong with the expression itself is told first.
    compileExpression(scope, key);
    throw new PostgresError("0A000", "invalid UNION/INTERSECT/EXCEPT ORDER BY clause", {
      detail: "Only result column names can be used, not expressions or functions.",
      hint: "Add the expression/function to every SELECT, or move the UNION into a FROM clause.",
    });
  });
  node.only("limitOption", "LIMIT_OPTION_DEFAULT", "LIMIT_OPTION_COUNT");
  const limitNodes = { limit: node.child("limitCount"), offset: node.child("limitOffset") };
  const limit = compileLimit(scope, limitNodes);
  for (const locking of node.children("lockingClause")) {
    plan.lock(readLockingClause(locking).locking, locking);
  }
  node.end();
  const keys = sortKeys.map(({ target = 0, descending, nullsFirst }) => ({
    column: target,
    type: plan.columns[target]?.type ?? TEXT,
    descending,
    nullsFirst,
  }));
  return new FinishedQuery(plan, keys, limit, plan.uses | scope.outerUses);
}

class FinishedQuery implements QueryPlan {
  readonly uses: number;
  readonly #plan: QueryPlan;
  readonly #keys: readonly ColumnSortKey[];
  readonly #limit: PlannedLimit | null;

  constructor(
    plan: QueryPlan,
    keys: readonly ColumnSortKey[],
    limit: PlannedLimit | null,
    uses: number,
  ) {
    this.#plan = plan;
    this.#keys = keys;
    this.#limit = limit;
    this.uses = uses;
  }

  get columns(): readonly Field[] {
    return this.#plan.columns;
  }

  coerceColumn(at: number, type: SqlType, construct?: string): void {
    this.#plan.coerceColumn(at, type, construct);
  }

  positionOf(at: number): number | undefined {
    return this.#plan.positionOf(at);
  }

  /** A column that is sorted by has to be there. */
  keepColumns(isUsed: readonly boolean[]): void {
    const isSorted = (at: number): boolean => this.#keys.some(({ column }) => column === at);
    this.#plan.keepColumns(isUsed.map((used, at) => used || isSorted(at)));
  }

  lock(locking: Locking, node: SyntaxNode): void {
    this.#plan.lock(locking, node);
  }

  planning(): PlanStep | null {
    return allSteps([this.#plan.planning(), this.#limit?.planning ?? null]);
  }

  build(site: Site): RowStream {
    const frame = new Frame(site.run, site.outer, 0);
    const sorts = site.shuffles || this.#keys.length > 0 || this.#limit !== null;
    const rows = this.#plan.build({ ...site, shuffles: false });
    const stream = sorts ? new SortedStream(frame, rows, this.#keys) : rows;
    return this.#limit === null ? stream : new Limit(frame, stream, this.#limit);
  }
}
