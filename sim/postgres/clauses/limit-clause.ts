import { settleUnknown } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import type { Expression } from "../expressions/expression.ts";
import type { PlanStep } from "../expressions/fold.ts";
import { foldAll } from "../expressions/folding.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { LimitBounds } from "../operators/limit.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, isWhole } from "../types/builtin-types.ts";
import { OUTER, type QueryScope, RECURSING } from "./query-scope.ts";

/** LIMIT and OFFSET, and what of them is planned before a run. */
export interface PlannedLimit extends LimitBounds {
  readonly planning: PlanStep | null;
}

/** Compiles LIMIT (or FETCH FIRST) and OFFSET; null when neither is written. */
export function compileLimit(
  scope: QueryScope,
  nodes: { readonly limit: SyntaxNode | undefined; readonly offset: SyntaxNode | undefined },
): PlannedLimit | null {
  const offset = compileBound(scope, nodes.offset, "OFFSET");
  const limit = compileBound(scope, nodes.limit, "LIMIT");
  if (limit === null && offset === null) {
    return null;
  }
  const planning = foldAll([offset, limit].filter((bound) => bound !== null));
  return { limit: limit?.evaluate ?? null, offset: offset?.evaluate ?? null, planning };
}

function compileBound(
  scope: QueryScope,
  node: SyntaxNode | undefined,
  clause: "LIMIT" | "OFFSET",
): Expression | null {
  if (node === undefined) {
    return null;
  }
  const { start } = node;
  const expression = settleUnknown(scope, compileExpression(scope, node), BIGINT);
  if (!isWhole(expression.type)) {
    const message = `argument of ${clause} must be type bigint, not type ${expression.type.name}`;
    throw new PostgresError("42804", message).at(start);
  }
  if ((expression.sources & ~(OUTER | RECURSING)) !== 0) {
    const message = `argument of ${clause} must not contain variables`;
    throw new PostgresError("42P10", message).at(start);
  }
  return expression;
}
