import { PostgresError } from "../ground/postgres-error.ts";
import type { Datum } from "../types/datum.ts";
import type { Evaluate, Expression } from "./expression.ts";
import { type Fold, OPEN, type PlanStep } from "./fold.ts";
import { Frame, StatementRun } from "./frame.ts";

/** A constant looks at no row. */
const NO_FRAME = new Frame(new StatementRun(), null, 0);

/** True where the value is known when the statement is planned: of constants and parameters. */
export function isKnown({ isConstant, isFixed }: Expression): boolean {
  return isConstant === true || isFixed === true;
}

/** The value of what is constant without fail; undefined for anything else. */
export function valueOfConstant({ isConstant, fold, evaluate }: Expression): Datum | undefined {
  return isConstant === true && fold === undefined ? evaluate(NO_FRAME) : undefined;
}

/** How an expression is folded, also where nothing in it can fail. */
export function foldOf(expression: Expression): Fold {
  if (expression.fold !== undefined) {
    return expression.fold;
  }
  const { evaluate } = expression;
  return isKnown(expression) ? ({ frame }) => evaluate(frame) : open;
}

const open: Fold = () => OPEN;

/** True where folding one of these may fail, or has a query to plan. */
export function needFolding(parts: readonly Expression[]): boolean {
  return parts.some(({ fold }) => fold !== undefined);
}

/**
 * An expression whose value is known where those of all its parts are. `canFail` says that
 * computing it may fail where the parts did not.
 */
export function foldable(
  expression: Expression,
  parts: readonly Expression[],
  canFail: boolean,
): Expression {
  const needed = needFolding(parts);
  const areKnown = parts.every(isKnown);
  if (!needed && parts.every(({ isConstant }) => isConstant === true)) {
    return computedOnce(expression);
  }
  const known = areKnown ? { ...expression, isFixed: true } : withMutability(expression, parts);
  if (!needed && !(areKnown && canFail)) {
    return known;
  }
  const folds = parts.map(foldOf);
  const { evaluate } = expression;
  return {
    ...known,
    fold(planning) {
      for (const fold of folds) {
        fold(planning);
      }
      return areKnown ? evaluate(planning.frame) : OPEN;
    },
  };
}

/** An expression that is folded by rules of its own, where a part of it has to be folded at all. */
export function foldedBy(
  expression: Expression,
  parts: readonly Expression[],
  fold: Fold,
): Expression {
  return needFolding(parts)
    ? { ...foldable(expression, parts, false), fold: (planning) => planning.foldPart(fold) }
    : foldable(expression, parts, false);
}

/** An expression that is never known, with parts that may be. */
export function withParts(expression: Expression, parts: readonly Expression[]): Expression {
  const marked = withMutability(expression, parts);
  if (!needFolding(parts)) {
    return marked;
  }
  const folds = parts.map(foldOf);
  return {
    ...marked,
    fold(planning) {
      for (const fold of folds) {
        fold(planning);
      }
      return OPEN;
    },
  };
}

function withMutability(expression: Expression, parts: readonly Expression[]): Expression {
  return parts.some(({ isMutable }) => isMutable === true)
    ? { ...expression, isMutable: true }
    : expression;
}

/** An expression over constants alone, as the constant that it is, or with the error that it is. */
export function computedOnce(expression: Expression): Expression {
  const [value, fault] = tryToCompute(expression.evaluate);
  if (fault === undefined) {
    return { ...expression, evaluate: () => value, isConstant: true };
  }
  const fold: Fold = () => {
    throw fault;
  };
  return { ...expression, isFixed: true, fold };
}

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

/** Folds expressions one after the other; null where none has to be. */
export function foldAll(
  expressions: readonly { readonly fold?: Fold | undefined }[],
): PlanStep | null {
  const folds = expressions.flatMap(({ fold }) => fold ?? []);
  if (folds.length === 0) {
    return null;
  }
  return (planning) => {
    for (const fold of folds) {
      planning.fold(fold);
    }
  };
}

/** Folds conditions that are joined by AND: nothing behind one that is false. */
export function foldConditions(conditions: readonly Expression[]): PlanStep | null {
  if (!needFolding(conditions)) {
    return null;
  }
  const folds = conditions.map(foldOf);
  return (planning) => {
    for (const fold of folds) {
      if (planning.fold(fold) === false) {
        return;
      }
    }
  };
}
