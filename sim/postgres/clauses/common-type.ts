import { coerce } from "../expressions/coercion.ts";
import { canBecome } from "../expressions/common-type.ts";
import type { Expression } from "../expressions/expression.ts";
import type { Scope } from "../expressions/scope.ts";
import { commonType, mismatched } from "../resolution/common-type.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { SqlType } from "../types/sql-type.ts";

/**
 * select_common_type for the columns that are put below one another; `context` is the word for the
 * error (42804).
 */
export function commonTypeOf(types: readonly SqlType[], context: string): SqlType {
  const common = commonType(types, canBecome);
  if (common === undefined) {
    throw mismatched(types, context, canBecome).error;
  }
  return common;
}

/** The expression in the type of its column: a common one, or that of a column to be written. */
export function coerceToCommon(
  scope: Scope,
  expression: Expression,
  type: SqlType,
  node: SyntaxNode,
): Expression {
  return (
    coerce(scope, expression, { type, typmod: -1 }, "assignment") ??
    node.refuse(`a column of type ${expression.type.name} as ${type.name}`)
  );
}
