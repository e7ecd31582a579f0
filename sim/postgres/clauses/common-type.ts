import { settleUnknown } from "../expressions/coercion.ts";
import type { Expression } from "../expressions/expression.ts";
import type { Scope } from "../expressions/scope.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, INTEGER, isWhole, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";

/**
 * select_common_type for the columns that are put below one another; `context` is the word for the
 * error (42804).
 */
export function commonTypeOf(types: readonly SqlType[], context: string): SqlType {
  let common: SqlType = UNKNOWN;
  for (const type of types) {
    if (type === UNKNOWN || type === common) {
      continue;
    }
    if (common === UNKNOWN) {
      common = type;
    } else if (isWhole(common) && isWhole(type)) {
      common = BIGINT;
    } else {
      throw new PostgresError(
        "42804",
        `${context} types ${common.name} and ${type.name} cannot be matched`,
      );
    }
  }
  return common === UNKNOWN ? TEXT : common;
}

/** The expression in the common type of its column. */
export function coerceToCommon(
  scope: Scope,
  expression: Expression,
  type: SqlType,
  node: SyntaxNode,
): Expression {
  const settled = settleUnknown(scope, expression, type);
  if (settled.type === type) {
    return settled;
  }
  if (settled.type === INTEGER && type === BIGINT) {
    return { ...settled, type };
  }
  return node.refuse(`a column of type ${settled.type.name} as ${type.name}`);
}
