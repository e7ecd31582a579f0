import type { CallTypes, Compute } from "../functions/implementation.ts";
import { IMPLEMENTATIONS } from "../functions/implementations.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import { EXECUTION_FUNCTIONS } from "./execution-functions.ts";
import { type Evaluate, type Expression, sourcesOf } from "./expression.ts";
import { Frame, StatementRun } from "./frame.ts";

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
    return { type: result, evaluate, sources: sourcesOf(operands) };
  }
  const implementation = IMPLEMENTATIONS.get(call.source) ?? node.refuse(call.shown);
  const compute = typeof implementation === "function" ? implementation : implementation.bind(call);
  return computed(call, compute, operands);
}

/** A call of a function that is computed from its arguments alone. */
export function computed(
  call: Pick<Call, "strict" | "result" | "isImmutable">,
  compute: Compute,
  operands: readonly Expression[],
): Expression {
  const { strict, result: type, isImmutable } = call;
  const sources = sourcesOf(operands);
  const evaluations = operands.map((operand) => operand.evaluate);
  const evaluate = evaluateCall(compute, strict, evaluations);
  if (strict && operands.some(isNullConstant)) {
    return { type, evaluate: () => null, sources, isConstant: true };
  }
  if (!isImmutable || !operands.every((operand) => operand.isConstant === true)) {
    return { type, evaluate, sources };
  }
  const [value, fault] = tryToCompute(evaluate);
  return fault === undefined
    ? { type, evaluate: () => value, sources, isConstant: true }
    : { type, evaluate, sources, isConstant: true, fault };
}

/** True for a constant that is null. */
function isNullConstant(expression: Expression): boolean {
  return valueOfConstant(expression) === null;
}

/** The value of a constant; undefined for what is none, or fails. */
export function valueOfConstant({ isConstant, fault, evaluate }: Expression): Datum | undefined {
  return isConstant === true && fault === undefined ? evaluate(NO_FRAME) : undefined;
}

/** A constant looks at no row. */
const NO_FRAME = new Frame(new StatementRun(), null, 0);

function tryToCompute(evaluate: Evaluate): readonly [Datum, PostgresError?] {
  try {
    return [evaluate(NO_FRAME)];
  } catch (error) {
    if (error instanceof PostgresError) {
      return [null, error];
    }
    throw error;
  }
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
