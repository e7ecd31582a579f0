import { settleUnknown } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import type { Evaluate } from "../expressions/expression.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { LimitBounds } from "../operators/limit.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, isWhole } from "../types/builtin-types.ts";
import { OUTER, type QueryScope, RECURSING } from "./query-scope.ts";

/** Compiles LIMIT (or FETCH FIRST) and OFFSET; null when neither is written. */
export function compileLimit(
  scope: QueryScope,
  nodes: { readonly limit: SyntaxNode | undefined; readonly offset: SyntaxNode | undefined },
): LimitBounds | null {
  const offset = compileBound(scope, nodes.offset, "OFFSET");
  const limit = compileBound(scope, nodes.limit, "LIMIT");
  return limit === null && offset === null ? null : { limit, offset };
}

function compileBound(
  scope: QueryScope,
  node: SyntaxNode | undefined,
  clause: "LIMIT" | "OFFSET",
): Evaluate | null {
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
  return expression.evaluate;
}
