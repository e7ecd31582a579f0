import { BOOLEAN } from "../types/builtin-types.ts";
import { type Evaluate, type Expression, sourcesOf } from "./expression.ts";
import { type Fold, OPEN } from "./fold.ts";
import { foldable, foldedBy, foldOf, valueOfConstant } from "./folding.ts";

/** NOT, where it is wanted. */
export function negateIf(negate: boolean, expression: Expression): Expression {
  if (!negate) {
    return expression;
  }
  const { evaluate: compute, sources } = expression;
  const evaluate: Evaluate = (frame) => {
    const value = compute(frame);
    return value === null ? null : value !== true;
  };
  return foldable({ type: BOOLEAN, sources, evaluate }, [expression], false);
}

/** AND over any number of conditions, the later ones looked at only while none is false. */
export function conjunction(operands: readonly Expression[]): Expression {
  const filters = operands.map((operand) => operand.asFilter ?? operand.evaluate);
  return foldedBy(
    {
      type: BOOLEAN,
      sources: sourcesOf(operands),
      conjuncts: operands,
      asFilter: (frame) => filters.every((filter) => filter(frame) === true),
      evaluate: evaluateUntil(operands, false),
    },
    operands,
    foldUntil(operands, false),
  );
}

/** OR over any number of conditions, the later ones looked at only while none is true. */
export function disjunction(operands: readonly Expression[]): Expression {
  return foldedBy(
    { type: BOOLEAN, sources: sourcesOf(operands), evaluate: evaluateUntil(operands, true) },
    operands,
    foldUntil(operands, true),
  );
}

function evaluateUntil(operands: readonly Expression[], decisive: boolean): Evaluate {
  if (operands.some((operand) => valueOfConstant(operand) === decisive)) {
    return () => decisive;
  }
  return (frame) => {
    let result: boolean | null = !decisive;
    for (const operand of operands) {
      const value = operand.evaluate(frame);
      if (value === decisive) {
        return decisive;
      }
      if (value === null) {
        result = null;
      }
    }
    return result;
  };
}

/** simplify_and_arguments and its twin: what stands behind the one that decides is dropped. */
function foldUntil(operands: readonly Expression[], decisive: boolean): Fold {
  const folds = operands.map(foldOf);
  return (planning) => {
    let isOpen = false;
    let isNull = false;
    for (const fold of folds) {
      const value = fold(planning);
      if (value === decisive) {
        return decisive;
      }
      isOpen ||= value === OPEN;
      isNull ||= value === null;
    }
    if (isOpen) {
      return OPEN;
    }
    return isNull ? null : !decisive;
  };
}
