import type { CallTypes, Compute } from "../functions/implementation.ts";
import { IMPLEMENTATIONS } from "../functions/implementations.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import { EXECUTION_FUNCTIONS } from "./execution-functions.ts";
import { type Evaluate, type Expression, sourcesOf } from "./expression.ts";

/** What is called: by what its implementation is found, and with what types. */
export interface Call extends CallTypes {
  readonly source: string;
  readonly strict: boolean;
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
    return { type: result, evaluate, sources: sourcesOf(operands) };
  }
  const implementation = IMPLEMENTATIONS.get(call.source) ?? node.refuse(call.shown);
  const compute = typeof implementation === "function" ? implementation : implementation.bind(call);
  return computed(call, compute, operands);
}

/** A call of a function that is computed from its arguments alone. */
export function computed(
  { strict, result }: Pick<Call, "strict" | "result">,
  compute: Compute,
  operands: readonly Expression[],
): Expression {
  const evaluate = evaluateCall(
    compute,
    strict,
    operands.map((operand) => operand.evaluate),
  );
  const sources = sourcesOf(operands);
  if (operands.every((operand) => operand.isConstant === true)) {
    return { type: result, evaluate: once(evaluate), sources, isConstant: true };
  }
  return { type: result, evaluate, sources };
}

function evaluateCall(compute: Compute, strict: boolean, operands: readonly Evaluate[]): Evaluate {
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
    return (frame) => {
      const left = first(frame);
      if (left === null) {
        return null;
      }
      const right = second(frame);
      return right === null ? null : compute(left, right);
    };
  }
  return (frame) => {
    const values = operands.map((operand) => operand(frame));
    return values.includes(null) ? null : compute(...values);
  };
}

/** The value of an expression without rows and parameters is computed when it is first wanted. */
function once(evaluate: Evaluate): Evaluate {
  let value: Datum;
  let isKnown = false;
  return (frame) => {
    if (!isKnown) {
      value = evaluate(frame);
      isKnown = true;
    }
    return value;
  };
}
