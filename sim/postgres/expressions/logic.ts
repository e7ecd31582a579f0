import { BOOLEAN } from "../types/builtin-types.ts";
import { type Expression, sourcesOf } from "./expression.ts";

/** NOT, where it is wanted. */
export function negateIf(negate: boolean, expression: Expression): Expression {
  if (!negate) {
    return expression;
  }
  const { evaluate, sources } = expression;
  return {
    type: BOOLEAN,
    sources,
    evaluate: (frame) => {
      const value = evaluate(frame);
      return value === null ? null : value !== true;
    },
  };
}

/** AND over any number of conditions, the later ones looked at only while none is false. */
export function conjunction(operands: readonly Expression[]): Expression {
  const filters = operands.map((operand) => operand.asFilter ?? operand.evaluate);
  return {
    type: BOOLEAN,
    sources: sourcesOf(operands),
    asFilter: (frame) => filters.every((filter) => filter(frame) === true),
    evaluate: (frame) => {
      let result: boolean | null = true;
      for (const operand of operands) {
        const value = operand.evaluate(frame);
        if (value === false) {
          return false;
        }
        if (value === null) {
          result = null;
        }
      }
      return result;
    },
  };
}

/** OR over any number of conditions, the later ones looked at only while none is true. */
export function disjunction(operands: readonly Expression[]): Expression {
  return {
    type: BOOLEAN,
    sources: sourcesOf(operands),
    evaluate: (frame) => {
      let result: boolean | null = false;
      for (const operand of operands) {
        const value = operand.evaluate(frame);
        if (value === true) {
          return true;
        }
        if (value === null) {
          result = null;
        }
      }
      return result;
    },
  };
}
