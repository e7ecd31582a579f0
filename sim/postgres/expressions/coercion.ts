import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BIGINT, BOOLEAN, isWhole, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { Datum, Value } from "../types/datum.ts";
import { readParameter } from "../types/parameter.ts";
import type { SqlType } from "../types/sql-type.ts";
import { int4, whole } from "../types/whole.ts";
import { constant, type Evaluate, type Expression } from "./expression.ts";
import type { Scope } from "./scope.ts";

/**
 * Gives an expression of unknown type the type that its context asks for; others stay as they are.
 */
export function settleUnknown(scope: Scope, expression: Expression, type: SqlType): Expression {
  if (expression.type !== UNKNOWN || type === UNKNOWN) {
    return expression;
  }
  if (expression.parameter !== undefined) {
    scope.parameters.settle(expression.parameter, type);
    return { type, evaluate: expression.evaluate, sources: 0 };
  }
  const text = expression.literal ?? null;
  if (text === null) {
    return constant(type, null);
  }
  return constant(type, readParameter(type, text));
}

/** An implicit coercion for storing into a column; 42804 when Postgres has none. */
export function coerceForColumn(
  scope: Scope,
  expression: Expression,
  column: { readonly name: string; readonly type: SqlType },
): Expression {
  const settled = settleUnknown(scope, expression, column.type);
  if (settled.type === column.type) {
    return settled;
  }
  const { evaluate, sources } = settled;
  if (isWhole(settled.type) && isWhole(column.type)) {
    return { type: column.type, evaluate: narrowing(column.type, evaluate), sources };
  }
  if (column.type === TEXT && (isWhole(settled.type) || settled.type === BOOLEAN)) {
    return { type: TEXT, evaluate: castFunction(settled.type, TEXT, evaluate), sources };
  }
  throw new PostgresError(
    "42804",
    `column "${column.name}" is of type ${column.type.name} but expression is of type ${settled.type.name}`,
    { hint: "You will need to rewrite or cast the expression." },
  );
}

/** An explicit cast. Casts that Postgres has and this engine has not are refused by name. */
export function castTo(
  scope: Scope,
  expression: Expression,
  type: SqlType,
  node: SyntaxNode,
): Expression {
  const settled = settleUnknown(scope, expression, type);
  if (settled.type === type) {
    return settled;
  }
  const known =
    (isWhole(settled.type) && isWhole(type)) ||
    (type === TEXT && (isWhole(settled.type) || settled.type === BOOLEAN)) ||
    (settled.type === TEXT && (isWhole(type) || type === BOOLEAN));
  if (!known) {
    node.refuse(`a cast from ${settled.type.name} to ${type.name}`);
  }
  const { evaluate, sources } = settled;
  return { type, evaluate: castFunction(settled.type, type, evaluate), sources };
}

function castFunction(from: SqlType, to: SqlType, evaluate: Evaluate): Evaluate {
  if (isWhole(to) && isWhole(from)) {
    return narrowing(to, evaluate);
  }
  const convert = (value: Value): Datum => {
    if (to !== TEXT) {
      return to.input(from.output(value), -1);
    }
    return typeof value === "boolean" ? String(value) : from.output(value);
  };
  return (frame) => {
    const value = evaluate(frame);
    return value === null ? null : convert(value);
  };
}

function narrowing(type: SqlType, evaluate: Evaluate): Evaluate {
  if (type === BIGINT) {
    return evaluate;
  }
  return (frame) => {
    const value = evaluate(frame);
    return value === null ? null : int4(whole(value));
  };
}
