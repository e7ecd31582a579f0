import { NotSimulated } from "../../kernel/not-simulated.ts";
import { IMPLEMENTATIONS } from "../functions/implementations.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import {
  type CoercionContext,
  findPathway,
  hasLengthFunction,
  type Pathway,
} from "../resolution/pathway.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { isArray } from "../types/array.ts";
import { BOOLEAN, RECORD, UNKNOWN } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { computed } from "./apply.ts";
import { constant, type Expression } from "./expression.ts";
import type { Scope } from "./scope.ts";

/**
 * Gives an expression of unknown type the type that its context asks for; others stay as they are.
 *
 * @throws PostgresError with the position of a literal that is none of the type; 42P08 for a
 *   parameter that has another type by now
 */
export function settleUnknown(scope: Scope, expression: Expression, type: SqlType): Expression {
  if (expression.type !== UNKNOWN || type === UNKNOWN) {
    return expression;
  }
  const { parameter, literal, node } = expression;
  const written = node === undefined ? {} : { node };
  if (parameter !== undefined) {
    scope.parameters.settle(parameter, type);
    return { type, evaluate: expression.evaluate, sources: 0, isFixed: true, ...written };
  }
  if (literal === undefined) {
    // A column of a sub-select that is still unknown goes through its text.
    return { ...viaText(expression, type), ...written };
  }
  return { ...constant(type, readLiteral(literal, type, node)), ...written };
}

function readLiteral(literal: string | null, type: SqlType, node: SyntaxNode | undefined): Datum {
  if (literal === null) {
    return null;
  }
  try {
    return type.input(literal, -1);
  } catch (error) {
    throw error instanceof PostgresError ? error.at(node?.start) : error;
  }
}

/** coerce_type and coerce_type_typmod; undefined when there is no such coercion in the context. */
export function coerce(
  scope: Scope,
  expression: Expression,
  target: { readonly type: SqlType; readonly typmod: number },
  context: CoercionContext,
): Expression | undefined {
  const { type, typmod } = target;
  const settled = settleUnknown(scope, expression, type);
  const coerced = settled.type === type ? settled : alongPathway(settled, type, context);
  return coerced === undefined ? undefined : fitted(coerced, expression, typmod, context);
}

function alongPathway(
  expression: Expression,
  type: SqlType,
  context: CoercionContext,
): Expression | undefined {
  if (expression.fields !== undefined && type === RECORD) {
    return expression;
  }
  const pathway = findPathway(expression.type, type, context);
  if (pathway === undefined) {
    return undefined;
  }
  if (pathway.kind === "relabel") {
    return relabelled(expression, type);
  }
  const convert = conversion(expression.type, type, pathway);
  const isImmutable = isFixed(expression.type, type, pathway);
  const call = { strict: true, result: type, isImmutable };
  const converted = computed(call, convert, [expression]);
  return expression.node === undefined ? converted : { ...converted, node: expression.node };
}

/** The same value under another type: it is still the column that it was. */
function relabelled(expression: Expression, type: SqlType): Expression {
  const { evaluate, sources, column, isConstant, isFixed, isMutable, fold, node } = expression;
  return {
    type,
    evaluate,
    sources,
    ...(column === undefined ? {} : { column }),
    ...(isConstant === undefined ? {} : { isConstant }),
    ...(isFixed === undefined ? {} : { isFixed }),
    ...(isMutable === undefined ? {} : { isMutable }),
    ...(fold === undefined ? {} : { fold }),
    ...(node === undefined ? {} : { node }),
  };
}

function viaText(expression: Expression, type: SqlType): Expression {
  const convert = (value: Datum): Datum => type.input(String(value), -1);
  return computed({ strict: true, result: type, isImmutable: false }, convert, [expression]);
}

/**
 * Types whose texts PostgreSQL reads or shows by settings, so that no constant is computed early.
 */
const SETTING_DEPENDENT = new Set([
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
  "record",
]);

function isFixed(from: SqlType, to: SqlType, pathway: Pathway): boolean {
  if (pathway.kind === "function") {
    return pathway.isImmutable;
  }
  const isByText = [from, to].some(
    (type) =>
      SETTING_DEPENDENT.has(type.catalogName) || type.element !== null || type.category === "E",
  );
  return pathway.kind !== "text" || !isByText;
}

/** How a value that is not null becomes one of the other type. @throws NotSimulated without one */
function conversion(from: SqlType, to: SqlType, pathway: Pathway): (value: Datum) => Datum {
  switch (pathway.kind) {
    case "relabel":
      return (value) => value;
    case "text":
      return (value) => (value === null ? null : to.input(from.output(value), -1));
    case "array": {
      const { element } = pathway;
      const [own, other] = [from.element ?? from, to.element ?? to];
      const convert = conversion(own, other, element);
      return (value) => convertItems(value, convert);
    }
    case "function": {
      const implementation = IMPLEMENTATIONS.get(pathway.source);
      if (implementation === undefined) {
        throw new NotSimulated(`a cast from ${from.name} to ${to.name}`);
      }
      return typeof implementation === "function"
        ? implementation
        : implementation.bind({ arguments: [from], result: to });
    }
  }
}

function convertItems(value: Datum, convert: (value: Datum) => Datum): Datum {
  if (!isArray(value)) {
    return value;
  }
  return value.map((item) => {
    if (item === null) {
      return null;
    }
    return isArray(item) ? convertItems(item, convert) : convert(item);
  });
}

/** The length of varchar(n) and its kin, where the value may not have it yet. */
function fitted(
  coerced: Expression,
  before: Expression,
  typmod: number,
  context: CoercionContext,
): Expression {
  const { type } = coerced;
  const { modifier } = type;
  const scalar = type.element ?? type;
  if (typmod < 0 || modifier === null || (before.type === type && before.typmod === typmod)) {
    return coerced;
  }
  if (!hasLengthFunction(scalar)) {
    return coerced;
  }
  const isCast = context === "explicit";
  const fit = (value: Datum): Datum =>
    value === null ? null : modifier.fit(value, typmod, isCast);
  const { node } = coerced;
  const result = computed({ strict: true, result: type, isImmutable: true }, fit, [coerced]);
  return { ...result, typmod, ...(node === undefined ? {} : { node }) };
}

/** An implicit coercion that is known to be there. @throws Error when it is not, which is a bug */
export function coerceImplicitly(scope: Scope, expression: Expression, type: SqlType): Expression {
  const coerced = coerce(scope, expression, { type, typmod: -1 }, "implicit");
  if (coerced === undefined) {
    throw new Error(`there is no implicit coercion from ${expression.type.name} to ${type.name}`);
  }
  return coerced;
}

/** A coercion for storing into a column; 42804 when Postgres has none. */
export function coerceForColumn(
  scope: Scope,
  expression: Expression,
  column: { readonly name: string; readonly type: SqlType; readonly typmod: number },
  position: number | undefined,
): Expression {
  const coerced = coerce(scope, expression, column, "assignment");
  if (coerced !== undefined) {
    return coerced;
  }
  const { type } = expression;
  const message = `column "${column.name}" is of type ${column.type.name} but expression is of type ${type.name}`;
  const hint = "You will need to rewrite or cast the expression.";
  throw new PostgresError("42804", message, { hint }).at(position);
}

/** An explicit cast. @throws PostgresError 42846 when Postgres has none */
export function castTo(
  scope: Scope,
  expression: Expression,
  target: { readonly type: SqlType; readonly typmod: number },
  node: SyntaxNode,
): Expression {
  const cast = coerce(scope, expression, target, "explicit");
  if (cast !== undefined) {
    return cast;
  }
  const message = `cannot cast type ${expression.type.name} to ${target.type.name}`;
  throw new PostgresError("42846", message).at(node.position);
}

/** 42804 when the expression is not boolean; `construct` is its name in the error. */
export function demandBoolean(scope: Scope, expression: Expression, construct: string): Expression {
  const coerced = coerce(scope, expression, { type: BOOLEAN, typmod: -1 }, "assignment");
  if (coerced !== undefined) {
    return coerced;
  }
  const message = `argument of ${construct} must be type boolean, not type ${expression.type.name}`;
  throw new PostgresError("42804", message).at(expression.node?.start);
}
