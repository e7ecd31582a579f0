import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { BOOLEAN, RECORD, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import { SqlRecord } from "../types/record.ts";
import { settleUnknown } from "./coercion.ts";
import { type Evaluate, type Expression, sourcesOf } from "./expression.ts";
import { foldable, isKnown, withParts } from "./folding.ts";
import { conjunction, disjunction, negateIf } from "./logic.ts";
import { binaryOperator, distinctness } from "./operator.ts";
import type { Scope } from "./scope.ts";

type Compile = (node: SyntaxNode) => Expression;

/** ROW(a, b) or (a, b). */
export function compileRow(scope: Scope, node: SyntaxNode, compile: Compile): Expression {
  node.only("row_format", "COERCE_EXPLICIT_CALL", "COERCE_IMPLICIT_CAST");
  const fields = node.children("args").map(compile);
  node.end();
  return rowOf(scope, fields);
}

/** The fields as one value; what is unknown in it is text once the value is wanted. */
function rowOf(scope: Scope, fields: readonly Expression[]): Expression {
  let settled: readonly Expression[] | undefined;
  const settle = (): readonly Expression[] => {
    settled ??= fields.map((field) => settleUnknown(scope, field, TEXT));
    return settled;
  };
  const evaluate: Evaluate = (frame) => {
    const parts = settle();
    return new SqlRecord(
      parts.map(({ type }) => type),
      parts.map((part) => part.evaluate(frame)),
    );
  };
  return withParts({ type: RECORD, evaluate, sources: sourcesOf(fields), fields }, fields);
}

/** `(a, b) op (c, d)`: make_row_comparison_op. */
export function compareRows(operation: {
  readonly scope: Scope;
  readonly node: SyntaxNode;
  readonly name: string;
  readonly left: readonly Expression[];
  readonly right: readonly Expression[];
}): Expression {
  const { scope, node, name, left, right } = operation;
  if (left.length !== right.length) {
    throw new PostgresError("42601", "unequal number of entries in row expressions");
  }
  if (left.length === 0) {
    throw new PostgresError("0A000", "cannot compare rows of zero length");
  }
  const compare = (operator: string, at: number): Expression => {
    const [a, b] = [left[at], right[at]];
    return a === undefined || b === undefined
      ? node.refuse("rows of two lengths")
      : binaryOperator({ scope, node, name: operator, left: a, right: b });
  };
  if (name === "=" || name === "<>") {
    const parts = left.map((_, at) => compare(name, at));
    return name === "=" ? conjunction(parts) : disjunction(parts);
  }
  if (!["<", "<=", ">", ">="].includes(name)) {
    return node.refuse(`rows compared with ${name}`);
  }
  return ordered(name, left, right, compare);
}

/** The first pair that is not equal decides, and null where it is unknown. */
function ordered(
  name: string,
  left: readonly Expression[],
  right: readonly Expression[],
  compare: (operator: string, at: number) => Expression,
): Expression {
  const last = left.length - 1;
  const places = [...left.keys()];
  const strict = name.slice(0, 1);
  // The operator is looked for in every pair before any other is.
  places.forEach((at) => compare(name, at));
  // RowCompareExpr computes both sides of a pair, even where one of them is known to be null.
  const whole = (operator: string, at: number): Expression => {
    const compared = compare(operator, at);
    const [a, b] = [left[at], right[at]];
    if (a === undefined || b === undefined || [a, b].some(({ isMutable }) => isMutable === true)) {
      return compared;
    }
    if (compared.isConstant !== true && ![a, b].some(isKnown)) {
      return compared;
    }
    const { type, evaluate } = compared;
    const sources = sourcesOf([a, b]);
    return withParts({ type, evaluate: afterBoth(a, b, evaluate), sources }, [a, b]);
  };
  const equal = places.slice(0, -1).map((at) => whole("=", at));
  const decisive = places.map((at) => whole(at === last ? name : strict, at));
  const evaluate: Evaluate = (frame) => {
    for (let at = 0; at < last; at += 1) {
      const same = equal[at]?.evaluate(frame) ?? null;
      if (same === null) {
        return null;
      }
      if (same !== true) {
        return decisive[at]?.evaluate(frame) ?? null;
      }
    }
    return decisive[last]?.evaluate(frame) ?? null;
  };
  const parts = [...equal, ...decisive];
  return foldable({ type: BOOLEAN, evaluate, sources: sourcesOf(parts) }, parts, false);
}

function afterBoth(left: Expression, right: Expression, evaluate: Evaluate): Evaluate {
  return (frame) => {
    left.evaluate(frame);
    right.evaluate(frame);
    return evaluate(frame);
  };
}

/** `(a, b) IS [NOT] DISTINCT FROM (c, d)`. */
export function rowDistinctness(
  scope: Scope,
  node: SyntaxNode,
  rows: readonly [readonly Expression[], readonly Expression[]],
  distinct: boolean,
): Expression {
  const [left, right] = rows;
  if (left.length !== right.length) {
    throw new PostgresError("42601", "unequal number of entries in row expressions");
  }
  const parts = left.map((a, at) => {
    const b = right[at] ?? a;
    return distinctness({ scope, node, name: "=", left: a, right: b }, true);
  });
  return negateIf(!distinct, disjunction(parts));
}

/** `(a, b) IS [NOT] NULL`: of every field. */
export function testRow(fields: readonly Expression[], isNull: boolean, scope: Scope): Expression {
  const settled = fields.map((field) =>
    field.type === UNKNOWN && field.parameter === undefined
      ? settleUnknown(scope, field, TEXT)
      : field,
  );
  const evaluate: Evaluate = (frame) =>
    settled.every((field) => (field.evaluate(frame) === null) === isNull);
  return foldable({ type: BOOLEAN, evaluate, sources: sourcesOf(settled) }, settled, false);
}
