import type { CallTypes, Compute } from "../functions/implementation.ts";
import { IMPLEMENTATIONS } from "../functions/implementations.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import { EXECUTION_FUNCTIONS } from "./execution-functions.ts";
import { type Evaluate, type Expression, sourcesOf } from "./expression.ts";
import { type Fold, OPEN } from "./fold.ts";
import {
  computedOnce,
  foldOf,
  isKnown,
  needFolding,
  valueOfConstant,
  withParts,
} from "./folding.ts";

/** What is called: by what its implementation is found, and with what types. */
export interface Call extends CallTypes {
  readonly source: string;
  readonly strict: boolean;
  /** True where a call with constants is computed once, when the statement is planned. */
  readonly isImmutable: boolean;
  /** How it is told of where it is not simulated: `function lower(text)`. */
  readonly shown: string;
}

/** A call as an expression; refused by its name when the function is not simulated. */
export function applyFunction(
  call: Call,
  operands: readonly Expression[],
  node: SyntaxNode,
): Expression {
  const { result } = call;
  const executed = EXECUTION_FUNCTIONS.get(call.source);
  if (executed !== undefined) {
    const evaluate: Evaluate = (frame) => {
      const values: Datum[] = [];
      for (const operand of operands) {
        const value = operand.evaluate(frame);
        if (value === null && call.strict) {
          return null;
        }
        values.push(value);
      }
      return executed(frame.execution, ...values);
    };
    const sources = sourcesOf(operands);
    return withParts({ type: result, evaluate, sources, isMutable: true }, operands);
  }
  const implementation = IMPLEMENTATIONS.get(call.source) ?? node.refuse(call.shown);
  const compute = typeof implementation === "function" ? implementation : implementation.bind(call);
  return computed(call, compute, operands);
}

/** A call of a function that is computed from its arguments alone: simplify_function. */
export function computed(
  call: Pick<Call, "strict" | "result" | "isImmutable">,
  compute: Compute,
  operands: readonly Expression[],
): Expression {
  const { strict, result: type, isImmutable } = call;
  const sources = sourcesOf(operands);
  const needed = needFolding(operands);
  const isNull = strict && operands.some((operand) => valueOfConstant(operand) === null);
  const expression: Expression = {
    type,
    evaluate: isNull ? () => null : evaluateCall(compute, strict, operands),
    sources,
    ...(isNull ? { isConstant: true } : {}),
    ...(isImmutable && operands.every((one) => one.isMutable !== true) ? {} : { isMutable: true }),
  };
  if (!needed && (isNull || (isImmutable && operands.every((one) => one.isConstant === true)))) {
    return computedOnce(expression);
  }
  const areKnown = isImmutable && operands.every(isKnown);
  const known = areKnown ? { ...expression, isFixed: true } : expression;
  if (!needed && !areKnown) {
    return known;
  }
  const folds = operands.map(foldOf);
  const fold: Fold = (planning) => {
    const values: Datum[] = [];
    for (const one of folds) {
      const value = one(planning);
      if (value !== OPEN) {
        values.push(value);
      }
    }
    if (strict && values.includes(null)) {
      return null;
    }
    return isImmutable && values.length === folds.length ? compute(...values) : OPEN;
  };
  return { ...known, fold: (planning) => planning.foldPart(fold) };
}

/**
 * All arguments are computed before one of them is found to be null. A parameter is none of them:
 * planning has put its value in its place, and where that is null, nothing else is left.
 */
function evaluateCall(compute: Compute, strict: boolean, parts: readonly Expression[]): Evaluate {
  const operands = parts.map(({ evaluate }) => evaluate);
  const [first, second, third] = operands;
  if (!strict) {
    return (frame) => compute(...operands.map((operand) => operand(frame)));
  }
  if (first === undefined) {
    return () => compute();
  }
  if (second === undefined) {
    return (frame) => {
      const value = first(frame);
      return value === null ? null : compute(value);
    };
  }
  if (third === undefined) {
    if (parts.some(({ isFixed }) => isFixed === true)) {
      const [fixed, other] = parts[0]?.isFixed === true ? [first, second] : [second, first];
      const isTurned = fixed === second;
      return (frame) => {
        const known = fixed(frame);
        if (known === null) {
          return null;
        }
        const value = other(frame);
        if (value === null) {
          return null;
        }
        return isTurned ? compute(value, known) : compute(known, value);
      };
    }
    return (frame) => {
      const left = first(frame);
      const right = second(frame);
      return left === null || right === null ? null : compute(left, right);
    };
  }
  return (frame) => {
    const values = operands.map((operand) => operand(frame));
    return values.includes(null) ? null : compute(...values);
  };
}
