import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { Limit, type LimitBounds } from "../operators/limit.ts";
import type { RowStream } from "../operators/operator.ts";
import { type ColumnSortKey, SortedStream } from "../operators/sorted-stream.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT } from "../types/builtin-types.ts";
import type { Field } from "../types/field.ts";
import type { SqlType } from "../types/sql-type.ts";
import { compileLimit } from "./limit-clause.ts";
import { readLockingClause } from "./locking-clause.ts";
import type { Locking, QueryPlan } from "./query-plan.ts";
import { type QueryCompilers, QueryScope } from "./query-scope.ts";
import { compileSelectQuery } from "./select-query.ts";
import { compileSetOperation } from "./set-operation-query.ts";
import { compileSortClause } from "./sort-clause.ts";
import type { Site } from "./statement-context.ts";
import { compileSubLink } from "./sub-link.ts";
import { compileValuesQuery } from "./values-query.ts";

/** Compiles a query of any form inside the given scope: SELECT, VALUES or a set operation. */
export function compileQuery(scope: QueryScope, node: SyntaxNode): QueryPlan {
  const isSetOperation = node.reopen().text("op") !== "SETOP_NONE";
  const isValues = node.reopen().children("valuesLists").length > 0;
  if (!isSetOperation && !isValues) {
    return compileSelectQuery(scope, node);
  }
  const plan = isSetOperation ? compileSetOperation(scope, node) : compileValuesQuery(scope, node);
  return finishQuery(scope, node, plan);
}

/** What a scope compiles the queries inside it with. */
export const queryCompilers: QueryCompilers = { query: compileQuery, subLink: compileSubLink };

/** ORDER BY, LIMIT and OFFSET after VALUES or a set operation: output columns are sorted by. */
function finishQuery(outer: QueryScope, node: SyntaxNode, plan: QueryPlan): QueryPlan {
  const scope = new QueryScope(outer.context, outer, outer.compilers);
  const targets = plan.columns.map(({ name, type }) => ({
    name,
    node: undefined,
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
  readonly #limit: LimitBounds | null;

  constructor(
    plan: QueryPlan,
    keys: readonly ColumnSortKey[],
    limit: LimitBounds | null,
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

  coerceColumn(at: number, type: SqlType, node: SyntaxNode): void {
    this.#plan.coerceColumn(at, type, node);
  }

  lock(locking: Locking, node: SyntaxNode): void {
    this.#plan.lock(locking, node);
  }

  build(site: Site): RowStream {
    const frame = new Frame(site.run, site.outer, 0);
    const sorts = site.shuffles || this.#keys.length > 0 || this.#limit !== null;
    const rows = this.#plan.build({ ...site, shuffles: false });
    const stream = sorts ? new SortedStream(frame, rows, this.#keys) : rows;
    return this.#limit === null ? stream : new Limit(frame, stream, this.#limit);
  }
}
