import { compileExpression } from "../expressions/compile-expression.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { QueryScope } from "./query-scope.ts";
import { compileTargets, type Target } from "./target-list.ts";

/** Compiles RETURNING; an empty list without it. */
export function compileReturning(scope: QueryScope, node: SyntaxNode | undefined): Target[] {
  if (node === undefined) {
    return [];
  }
  const expressions = node.children("exprs");
  node.end();
  return compileTargets(scope, expressions, (one) => compileExpression(scope, one));
}
