import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { dimensionsOf, isArray } from "../types/array.ts";
import { arrayOver, INTEGER, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { num } from "../types/whole.ts";
import { coerce } from "./coercion.ts";
import { inCommonType } from "./common-type.ts";
import { type Evaluate, type Expression, sourcesOf } from "./expression.ts";
import { foldable } from "./folding.ts";
import { binaryOperator } from "./operator.ts";
import type { Scope } from "./scope.ts";

type Compile = (node: SyntaxNode) => Expression;

/** The type that a cast around an ARRAY asks of it. */
export type WantedArray = SqlType | undefined;

/** ARRAY[...]: transformArrayExpr. @throws PostgresError 42P18 for an empty one without a type */
export function compileArray(
  scope: Scope,
  node: SyntaxNode,
  compile: Compile,
  wanted: WantedArray,
): Expression {
  const nodes = node.children("elements");
  node.end();
  const elements = nodes.map((one) =>
    one.kind === "A_ArrayExpr"
      ? { ...compileArray(scope, one, compile, wanted), node: one.reopen() }
      : compile(one),
  );
  if (elements.length === 0) {
    if (wanted === undefined) {
      const hint = "Explicitly cast to the desired type, for example ARRAY[]::integer[].";
      throw new PostgresError("42P18", "cannot determine type of empty array", { hint });
    }
    return { type: wanted, evaluate: () => [], sources: 0, isConstant: true };
  }
  const isNested = elements.some((one) => one.type.element !== null);
  const { type: item, expressions } = inElementType(scope, elements, wanted, isNested);
  const type = item.element === null ? arrayOver(item) : item;
  if (type === undefined) {
    const message = `could not find array type for data type ${item.name}`;
    throw new PostgresError("42704", message);
  }
  const isOfArrays = item.element !== null;
  const evaluate: Evaluate = (frame) => {
    const values = expressions.map((one) => one.evaluate(frame));
    return isOfArrays ? arrayOfArrays(values) : values;
  };
  const array: Expression = { type, evaluate, sources: sourcesOf(expressions) };
  return foldable(array, expressions, isOfArrays);
}

function inElementType(
  scope: Scope,
  elements: readonly Expression[],
  wanted: WantedArray,
  isNested: boolean,
): { readonly type: SqlType; readonly expressions: readonly Expression[] } {
  if (wanted === undefined) {
    return inCommonType(scope, elements, "ARRAY");
  }
  const type = isNested ? wanted : (wanted.element ?? wanted);
  const expressions = elements.map((one) => {
    const coerced = coerce(scope, one, { type, typmod: -1 }, "explicit");
    if (coerced === undefined) {
      const message = `cannot cast type ${one.type.name} to ${type.name}`;
      throw new PostgresError("42846", message).at(one.node?.start);
    }
    return coerced;
  });
  return { type, expressions };
}

/** Null arrays count as empty; empty ones make an empty array, where all of them are. */
function arrayOfArrays(values: readonly Datum[]): Datum {
  const arrays = values.map((value) => (isArray(value) ? value : []));
  const shapes = new Set(arrays.map((array) => dimensionsOf(array).join()));
  if (shapes.size > 1) {
    const message = "multidimensional arrays must have array expressions with matching dimensions";
    throw new PostgresError("2202E", message);
  }
  return shapes.has("") ? [] : arrays;
}

/** One of `[at]` or `[from:to]`. */
interface Subscript {
  readonly isSlice: boolean;
  readonly from: Expression | undefined;
  readonly to: Expression | undefined;
}

/** `a[1]`, `a[1][2]`, `a[1:2]`, and `j['key']` of a jsonb. */
export function compileSubscripts(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  const container = compile(node.requiredChild("arg"));
  const parts = node.children("indirection");
  node.end();
  const field = parts.find(({ kind }) => kind !== "A_Indices");
  field?.refuse(`${field.kind} behind an expression`);
  if (container.type.catalogName === "jsonb") {
    return jsonbSubscripts(scope, container, parts, compile);
  }
  const { element } = container.type;
  if (element === null) {
    const message = `cannot subscript type ${container.type.name} because it does not support subscripting`;
    throw new PostgresError("42804", message).at(container.node?.start);
  }
  const subscripts = parts.map((part) => readSubscript(scope, part, compile));
  const isSlice = subscripts.some((one) => one.isSlice);
  const expressions = subscripts
    .flatMap(({ from, to }) => [from, to])
    .filter((one) => one !== undefined);
  const evaluate: Evaluate = (frame) => {
    const array = container.evaluate(frame);
    const bounds = subscripts.map(
      ({ from, to }) =>
        [
          from === undefined ? undefined : from.evaluate(frame),
          to === undefined ? undefined : to.evaluate(frame),
        ] as const,
    );
    if (!isArray(array) || bounds.some((pair) => pair.includes(null))) {
      return null;
    }
    return isSlice ? slice(array, subscripts, bounds) : itemAt(array, bounds);
  };
  const sources = sourcesOf([container, ...expressions]);
  const found: Expression = { type: isSlice ? container.type : element, evaluate, sources };
  return foldable(found, [container, ...expressions], false);
}

function readSubscript(scope: Scope, node: SyntaxNode, compile: Compile): Subscript {
  const isSlice = node.flag("is_slice");
  const lower = node.child("lidx");
  const upper = node.child("uidx");
  node.end();
  return {
    isSlice,
    from: lower === undefined ? undefined : subscriptOf(scope, compile(lower)),
    to: upper === undefined ? undefined : subscriptOf(scope, compile(upper)),
  };
}

function subscriptOf(scope: Scope, written: Expression): Expression {
  const coerced = coerce(scope, written, { type: INTEGER, typmod: -1 }, "assignment");
  if (coerced === undefined) {
    throw new PostgresError("42804", "array subscript must have type integer").at(
      written.node?.start,
    );
  }
  return coerced;
}

type Bounds = readonly (readonly [Datum | undefined, Datum | undefined])[];

/** An element takes as many subscripts as there are dimensions. */
function itemAt(array: readonly Datum[], bounds: Bounds): Datum {
  if (dimensionsOf(array).length !== bounds.length) {
    return null;
  }
  let found: Datum = array;
  for (const [, at] of bounds) {
    found = isArray(found) ? (found[num(at ?? null) - 1] ?? null) : null;
  }
  return found;
}

/** In a slice a subscript without a colon counts from 1. */
function slice(
  array: readonly Datum[],
  subscripts: readonly Subscript[],
  bounds: Bounds,
): readonly Datum[] {
  const lengths = dimensionsOf(array);
  if (lengths.length < bounds.length) {
    return [];
  }
  const ranges = lengths.map((length, at) => {
    const pair = bounds[at];
    if (pair === undefined) {
      return [1, length] as const;
    }
    const [from, to] = pair;
    const isRange = subscripts[at]?.isSlice === true;
    const first = isRange && from !== undefined ? num(from) : 1;
    return [Math.max(first, 1), Math.min(to === undefined ? length : num(to), length)] as const;
  });
  return ranges.some(([from, to]) => from > to) ? [] : cut(array, ranges);
}

function cut(
  array: readonly Datum[],
  [range, ...rest]: readonly (readonly [number, number])[],
): readonly Datum[] {
  const [from = 1, to = array.length] = range ?? [];
  const kept = array.slice(from - 1, to);
  return rest.length === 0 ? kept : kept.map((item) => (isArray(item) ? cut(item, rest) : item));
}

/** Each subscript is a step of a path: by a key, or by a number. */
function jsonbSubscripts(
  scope: Scope,
  container: Expression,
  parts: readonly SyntaxNode[],
  compile: Compile,
): Expression {
  return parts.reduce((found, part) => {
    if (part.flag("is_slice")) {
      throw new PostgresError("42804", "jsonb subscript does not support slices");
    }
    const written = compile(part.requiredChild("uidx"));
    part.end();
    if (written.type !== UNKNOWN && written.type !== TEXT && written.type !== INTEGER) {
      const message = `subscript type ${written.type.name} is not supported`;
      const hint = "jsonb subscript must be coercible to either integer or text.";
      throw new PostgresError("42804", message, { hint }).at(written.node?.start);
    }
    return binaryOperator({ scope, node: part, name: "->", left: found, right: written });
  }, container);
}
