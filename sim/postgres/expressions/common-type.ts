import { PostgresError } from "../ground/postgres-error.ts";
import { commonType, mismatched } from "../resolution/common-type.ts";
import { canCoerce } from "../resolution/pathway.ts";
import type { SqlType } from "../types/sql-type.ts";
import { coerce } from "./coercion.ts";
import type { Expression } from "./expression.ts";
import type { Scope } from "./scope.ts";

/** Whether a value becomes one of the other type by itself. */
export function canBecome(from: SqlType, to: SqlType): boolean {
  return canCoerce([from], [to]);
}

/** What is put beside others of one type, with its place in the text. */
export interface TypedPart {
  readonly type: SqlType;
  readonly node?: { readonly start: number | undefined };
}

/** select_common_type. @throws PostgresError 42804 where the types have none */
export function commonTypeOf(parts: readonly TypedPart[], construct: string): SqlType {
  const types = parts.map(({ type }) => type);
  const common = commonType(types, canBecome);
  if (common !== undefined) {
    return common;
  }
  const { error, at } = mismatched(types, construct, canBecome);
  throw error.at(parts[at]?.node?.start);
}

/** coerce_to_common_type. @throws PostgresError 42846 where the expression cannot become it */
export function coerceToCommon(
  scope: Scope,
  expression: Expression,
  type: SqlType,
  construct: string,
): Expression {
  const coerced = coerce(scope, expression, { type, typmod: -1 }, "implicit");
  if (coerced !== undefined) {
    return coerced;
  }
  const message = `${construct} could not convert type ${expression.type.name} to ${type.name}`;
  throw new PostgresError("42846", message).at(expression.node?.start);
}

/** The expressions in their common type. @throws PostgresError 42804, 42846 */
export function inCommonType(
  scope: Scope,
  expressions: readonly Expression[],
  construct: string,
): { readonly type: SqlType; readonly expressions: readonly Expression[] } {
  const type = commonTypeOf(expressions, construct);
  return {
    type,
    expressions: expressions.map((one) => coerceToCommon(scope, one, type, construct)),
  };
}
