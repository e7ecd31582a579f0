import { PostgresError } from "../ground/postgres-error.ts";
import { resolveTypes } from "../resolution/polymorphic.ts";
import { resolveOperator, resolvePrefixOperator } from "../resolution/resolve-operator.ts";
import type { Signature } from "../resolution/signatures.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { isArray } from "../types/array.ts";
import { arrayOver, BOOLEAN, isWhole, UNKNOWN } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { applyFunction } from "./apply.ts";
import { coerceImplicitly } from "./coercion.ts";
import { canBecome } from "./common-type.ts";
import type { ColumnMatch, Evaluate, Expression } from "./expression.ts";
import { foldable, needFolding, valueOfConstant, withParts } from "./folding.ts";
import type { Scope } from "./scope.ts";

/** The scope and the place in the text of an operator, and its operands. */
export interface Operation {
  readonly scope: Scope;
  readonly node: SyntaxNode;
  readonly name: string;
  readonly left: Expression;
  readonly right: Expression;
}

/** `left op right`: make_op. @throws PostgresError 42883, 42725, 42804 */
export function binaryOperator(operation: Operation): Expression {
  const { node, name } = operation;
  const { left, right, result, signature } = settleOperands(operation);
  const applied = applyFunction(callOf(signature, [left, right], result), [left, right], node);
  return name === "=" ? { ...applied, matches: matchesOf(left, right) } : applied;
}

/** `op operand`. @throws PostgresError 42883, 42725 */
export function prefixOperator(
  scope: Scope,
  node: SyntaxNode,
  name: string,
  operand: Expression,
): Expression {
  const signature = resolvePrefixOperator(name, operand.type);
  const types = resolveTypes([operand.type], signature.arguments, signature.result, canBecome);
  const [type = operand.type] = types.arguments;
  const settled = coerceImplicitly(scope, operand, type);
  return applyFunction(callOf(signature, [settled], types.result), [settled], node);
}

/** The operands as the operator takes them, and what computes it. */
interface SettledOperation {
  readonly left: Expression;
  readonly right: Expression;
  readonly result: SqlType;
  readonly signature: Signature;
}

function settleOperands({ scope, node, name, left, right }: Operation): SettledOperation {
  const signature = resolveAt(node, name, left.type, right.type);
  const types = resolveTypes(
    [left.type, right.type],
    signature.arguments,
    signature.result,
    canBecome,
  );
  const [leftType, rightType] = types.arguments;
  if (leftType === undefined || rightType === undefined) {
    return node.refuse(`operator ${name}`);
  }
  return {
    left: coerceImplicitly(scope, left, leftType),
    right: coerceImplicitly(scope, right, rightType),
    result: types.result,
    signature,
  };
}

function resolveAt(node: SyntaxNode, name: string, left: SqlType, right: SqlType): Signature {
  try {
    return resolveOperator(name, left, right);
  } catch (error) {
    throw error instanceof PostgresError ? error.at(node.position) : error;
  }
}

function callOf(signature: Signature, operands: readonly Expression[], result: SqlType) {
  const names = operands.map(({ type }) => type.name);
  const shown =
    names.length === 1
      ? `operator ${signature.name} ${names[0]}`
      : `operator ${names[0]} ${signature.name} ${names[1]}`;
  const { source, strict, isImmutable } = signature;
  return {
    source,
    strict,
    isImmutable,
    arguments: operands.map(({ type }) => type),
    result,
    shown,
  };
}

/** An equality that an index or a hash join can use: of two values that are held alike. */
function matchesOf(left: Expression, right: Expression): readonly ColumnMatch[] {
  const areAlike = left.type === right.type || (isWhole(left.type) && isWhole(right.type));
  return areAlike ? [...matchOf(left, right, "one"), ...matchOf(right, left, "one")] : [];
}

function matchOf(side: Expression, other: Expression, kind: "one" | "any"): ColumnMatch[] {
  const { column, type } = side;
  if (column === undefined) {
    return [];
  }
  return [{ place: column, kind, value: other.evaluate, type, sources: other.sources }];
}

/** `left op ANY (array)` and `left op ALL (array)`: make_scalar_array_op. */
export function quantifiedOperator(operation: Operation, isAny: boolean): Expression {
  const { scope, node, name, left, right } = operation;
  const elementType = right.type === UNKNOWN ? UNKNOWN : right.type.element;
  if (elementType === null) {
    throw new PostgresError("42809", "op ANY/ALL (array) requires array on right side");
  }
  const signature = resolveAt(node, name, left.type, elementType);
  const types = resolveTypes(
    [left.type, elementType],
    signature.arguments,
    signature.result,
    canBecome,
  );
  const [leftType, itemType] = types.arguments;
  if (types.result !== BOOLEAN || leftType === undefined || itemType === undefined) {
    throw new PostgresError("42809", "op ANY/ALL (array) requires operator to yield boolean");
  }
  const arrayType = arrayOver(itemType) ?? node.refuse(`an array of ${itemType.name}`);
  const one = coerceImplicitly(scope, left, leftType);
  const list = coerceImplicitly(scope, right, arrayType);
  return membership({ one, list, itemType, signature, node, isAny });
}

function membership(parts: {
  readonly one: Expression;
  readonly list: Expression;
  readonly itemType: SqlType;
  readonly signature: Signature;
  readonly node: SyntaxNode;
  readonly isAny: boolean;
}): Expression {
  const { one, list, itemType, signature, node, isAny } = parts;
  const pair: [Datum, Datum] = [null, null];
  const left: Expression = { type: one.type, evaluate: () => pair[0], sources: 0 };
  const right: Expression = { type: itemType, evaluate: () => pair[1], sources: 0 };
  const compared = applyFunction(callOf(signature, [left, right], BOOLEAN), [left, right], node);
  const evaluate: Evaluate = (frame) => {
    const value = one.evaluate(frame);
    const items = list.evaluate(frame);
    if (!isArray(items)) {
      return null;
    }
    pair[0] = value;
    return quantified(items, isAny, (item) => {
      pair[1] = item;
      return compared.evaluate(frame);
    });
  };
  const sources = one.sources | list.sources;
  const isEquality = signature.name === "=" && isAny;
  const areAlike = one.type === itemType || (isWhole(one.type) && isWhole(itemType));
  const matches = isEquality && areAlike ? matchOf(one, list, "any") : [];
  const isFoldable = signature.isImmutable;
  const member: Expression = {
    type: BOOLEAN,
    evaluate,
    sources,
    ...(matches.length > 0 ? { matches } : {}),
  };
  return isFoldable
    ? foldable(member, [one, list], true)
    : withParts({ ...member, isMutable: true }, [one, list]);
}

/** Over the elements of all dimensions. */
function quantified(
  items: readonly Datum[],
  isAny: boolean,
  holds: (item: Datum) => Datum,
): boolean | null {
  let result: boolean | null = !isAny;
  for (const item of items) {
    const outcome = isArray(item) ? quantified(item, isAny, holds) : holds(item);
    if (outcome === isAny) {
      return isAny;
    }
    if (outcome === null) {
      result = null;
    }
  }
  return result;
}

/** `left IS [NOT] DISTINCT FROM right`: an equality in which null equals null. */
export function distinctness(operation: Operation, distinct: boolean): Expression {
  const { left, right, signature, result } = settleOperands({ ...operation, name: "=" });
  if (result !== BOOLEAN) {
    throw new PostgresError("42809", "IS DISTINCT FROM requires = operator to yield boolean");
  }
  const call = callOf(signature, [left, right], result);
  const equal = applyFunction(call, [left, right], operation.node);
  const evaluate: Evaluate = (frame) => {
    const a = left.evaluate(frame);
    const b = right.evaluate(frame);
    const same = a === null || b === null ? a === b : equal.evaluate(frame) === true;
    return same !== distinct;
  };
  const sources = left.sources | right.sources;
  return foldable({ type: BOOLEAN, evaluate, sources }, [left, right], false);
}

/** NULLIF: the left one, in the type that the comparison takes it in, unless both are equal. */
export function nullIf(operation: Operation): Expression {
  const { left, right, signature, result } = settleOperands({ ...operation, name: "=" });
  if (result !== BOOLEAN) {
    throw new PostgresError("42809", "NULLIF requires = operator to yield boolean");
  }
  // What is null equals nothing: then the left one is left alone.
  if (!needFolding([left, right]) && [left, right].some((one) => valueOfConstant(one) === null)) {
    return left;
  }
  const call = callOf(signature, [left, right], result);
  const equal = applyFunction(call, [left, right], operation.node);
  const evaluate: Evaluate = (frame) =>
    equal.evaluate(frame) === true ? null : left.evaluate(frame);
  const sources = left.sources | right.sources;
  return foldable({ type: left.type, evaluate, sources }, [left, right], false);
}
