import { compileExpression } from "../expressions/compile-expression.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Field } from "../types/field.ts";
import type { QueryScope } from "./query-scope.ts";
import { compileTargets, settled, type Target } from "./target-list.ts";

/** Compiles RETURNING; an empty list without it. */
export function compileReturning(scope: QueryScope, node: SyntaxNode | undefined): Target[] {
  if (node === undefined) {
    return [];
  }
  const expressions = node.children("exprs");
  node.end();
  const targets = scope.within("RETURNING", null, () =>
    compileTargets(scope, expressions, (one) => compileExpression(scope, one)),
  );
  return targets.map((target) => settled(scope, target));
}

/** The columns of RETURNING. */
export function returnedFields(targets: readonly Target[]): Field[] {
  return targets.map(({ name, expression: { type, typmod = -1 } }) => ({ name, type, typmod }));
}
