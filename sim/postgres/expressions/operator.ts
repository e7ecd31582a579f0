import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import {
  arrayOver,
  BIGINT,
  BOOLEAN,
  INTEGER,
  isWhole,
  TEXT,
  UNKNOWN,
} from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import {
  int4,
  int8Add,
  int8Divide,
  int8Multiply,
  int8Remainder,
  int8Subtract,
  whole,
  type Whole,
} from "../types/whole.ts";
import { settleUnknown } from "./coercion.ts";
import type { ColumnMatch, Evaluate, Expression } from "./expression.ts";
import type { Scope } from "./scope.ts";

const COMPARISONS: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ["=", (order) => order === 0],
  ["<>", (order) => order !== 0],
  ["<", (order) => order < 0],
  ["<=", (order) => order <= 0],
  [">", (order) => order > 0],
  [">=", (order) => order >= 0],
]);

const ARITHMETIC: ReadonlyMap<string, (left: Whole, right: Whole) => Whole> = new Map([
  ["+", int8Add],
  ["-", int8Subtract],
  ["*", int8Multiply],
  ["/", int8Divide],
  ["%", int8Remainder],
]);

/** The scope and the place in the text of an operator, and its operands. */
export interface Operation {
  readonly scope: Scope;
  readonly node: SyntaxNode;
  readonly name: string;
  readonly left: Expression;
  readonly right: Expression;
}

/**
 * `left op right`, with the operands' types settled as Postgres's parse_oper does for these types.
 */
export function binaryOperator(operation: Operation): Expression {
  const { name } = operation;
  if (COMPARISONS.has(name)) {
    return comparison(operation);
  }
  if (ARITHMETIC.has(name)) {
    return arithmetic(operation);
  }
  return operation.node.refuse(`operator ${name}`);
}

/** `left = ANY (right)` over an array. */
export function equalsAny(operation: Operation): Expression {
  const { scope, node, left, right } = operation;
  const arrayType = settleUnknown(scope, right, arrayOver(left.type) ?? TEXT);
  const { element: elementType } = arrayType.type;
  if (elementType === null) {
    return node.refuse(`= ANY over ${arrayType.type.name}`);
  }
  const [settled] = settleOperands({ ...operation, right: { ...arrayType, type: elementType } });
  const evaluate = arrayType.evaluate;
  return membership(settled, evaluate, arrayType.sources);
}

/** `left IN (items)`. */
export function inList(
  operation: Omit<Operation, "right">,
  items: readonly Expression[],
): Expression {
  const typed = items.find((item) => item.type !== UNKNOWN);
  const [left] = settleOperands({ ...operation, right: typed ?? operation.left });
  const settled = items.map((right) => settleOperands({ ...operation, left, right })[1]);
  const sources = settled.reduce((all, item) => all | item.sources, 0);
  return membership(left, (frame) => settled.map((item) => item.evaluate(frame)), sources);
}

/** `left IS [NOT] DISTINCT FROM right`: a comparison in which null equals null. */
export function distinctness(operation: Operation, distinct: boolean): Expression {
  const [left, right] = settleOperands(operation);
  const evaluate: Evaluate = (frame) => {
    const a = left.evaluate(frame);
    const b = right.evaluate(frame);
    const same = a === null || b === null ? a === b : left.type.compare(a, b) === 0;
    return same !== distinct;
  };
  return { type: BOOLEAN, evaluate, sources: left.sources | right.sources };
}

/** `- operand`. */
export function negation(node: SyntaxNode, operand: Expression): Expression {
  const { type, evaluate, sources } = operand;
  if (!isWhole(type)) {
    return node.refuse(`operator - before ${type.name}`);
  }
  return {
    type,
    sources,
    evaluate: (frame) => {
      const value = evaluate(frame);
      return value === null ? null : inRange(type, int8Subtract(0, whole(value)));
    },
  };
}

function comparison(operation: Operation): Expression {
  const [left, right] = settleOperands(operation);
  const holds = COMPARISONS.get(operation.name) ?? operation.node.refuse(operation.name);
  const evaluate: Evaluate = (frame) => {
    const a = left.evaluate(frame);
    if (a === null) {
      return null;
    }
    const b = right.evaluate(frame);
    return b === null ? null : holds(left.type.compare(a, b));
  };
  const sources = left.sources | right.sources;
  if (operation.name !== "=") {
    return { type: BOOLEAN, evaluate, sources };
  }
  const matches = [...matchOf(left, right), ...matchOf(right, left)];
  return { type: BOOLEAN, evaluate, sources, matches };
}

function matchOf(side: Expression, other: Expression): ColumnMatch[] {
  const { column } = side;
  if (column === undefined) {
    return [];
  }
  return [
    { place: column, kind: "one", type: side.type, value: other.evaluate, sources: other.sources },
  ];
}

function membership(left: Expression, list: Evaluate, listSources: number): Expression {
  const evaluate: Evaluate = (frame) => {
    const value = left.evaluate(frame);
    const items = list(frame);
    if (items === null || typeof items !== "object") {
      return null;
    }
    if (value === null) {
      return items.length === 0 ? false : null;
    }
    let sawNull = false;
    for (const item of items) {
      if (item === null) {
        sawNull = true;
      } else if (left.type.compare(value, item) === 0) {
        return true;
      }
    }
    return sawNull ? null : false;
  };
  const sources = left.sources | listSources;
  const { column } = left;
  if (column === undefined) {
    return { type: BOOLEAN, evaluate, sources };
  }
  const match: ColumnMatch = {
    place: column,
    kind: "any",
    type: left.type,
    value: list,
    sources: listSources,
  };
  return { type: BOOLEAN, evaluate, sources, matches: [match] };
}

function arithmetic(operation: Operation): Expression {
  const { name, scope } = operation;
  if (operation.left.type === UNKNOWN && operation.right.type === UNKNOWN) {
    throw new PostgresError("42725", `operator is not unique: unknown ${name} unknown`, {
      hint: "Could not choose a best candidate operator. You might need to add explicit type casts.",
    });
  }
  const left = settleUnknown(scope, operation.left, operation.right.type);
  const right = settleUnknown(scope, operation.right, left.type);
  if (!isWhole(left.type) || !isWhole(right.type)) {
    throw noOperator(name, left.type, right.type);
  }
  const compute = ARITHMETIC.get(name) ?? operation.node.refuse(`operator ${name}`);
  const type = left.type === INTEGER && right.type === INTEGER ? INTEGER : BIGINT;
  const evaluate: Evaluate = (frame) => {
    const a = left.evaluate(frame);
    const b = right.evaluate(frame);
    return a === null || b === null ? null : inRange(type, compute(whole(a), whole(b)));
  };
  return { type, evaluate, sources: left.sources | right.sources };
}

/** An operand of unknown type takes the other's; two unknown ones are text. */
function settleOperands({ scope, name, left, right }: Operation): [Expression, Expression] {
  const target = left.type !== UNKNOWN ? left.type : right.type;
  const type = target === UNKNOWN ? TEXT : target;
  const settledLeft = settleUnknown(scope, left, type);
  const settledRight = settleUnknown(scope, right, type);
  const comparable =
    (settledLeft.type === settledRight.type && settledLeft.type.element === null) ||
    (isWhole(settledLeft.type) && isWhole(settledRight.type));
  if (!comparable) {
    throw noOperator(name, settledLeft.type, settledRight.type);
  }
  return [settledLeft, settledRight];
}

function noOperator(name: string, left: SqlType, right: SqlType): PostgresError {
  return new PostgresError("42883", `operator does not exist: ${left.name} ${name} ${right.name}`, {
    hint: "No operator matches the given name and argument types. You might need to add explicit type casts.",
  });
}

function inRange(type: SqlType, value: Whole): Whole {
  return type === INTEGER ? int4(value) : value;
}
