import type { Execution } from "../rows/execution.ts";
import type { Datum } from "../types/datum.ts";
import { Frame, StatementRun } from "./frame.ts";

/** What planning leaves to be computed while the statement runs. */
export const OPEN: unique symbol = Symbol("open");

export type Folded = Datum | typeof OPEN;

/**
 * What eval_const_expressions makes of an expression: its value, where that is known before any
 * row is read. @throws PostgresError where computing it fails
 */
export type Fold = (planning: Planning) => Folded;

/** Plans a part of a statement. @throws PostgresError where a constant of it cannot be computed */
export type PlanStep = (planning: Planning) => void;

/**
 * The planning of one run: its parameters are constants by then, so that what is computed of them
 * and of constants alone fails here, even where no row would ever ask for it.
 */
export class Planning {
  readonly frame: Frame;
  #inner: PlanStep[] = [];

  constructor(execution: Execution) {
    this.frame = new Frame(StatementRun.of(execution), null, 0);
  }

  /** Notes a query inside the expression that is being folded; it is planned after it. */
  planLater(step: PlanStep): void {
    this.#inner.push(step);
  }

  /** Folds a part of an expression; where its value is known, the queries in it are not needed. */
  foldPart(fold: Fold): Folded {
    const before = this.#inner.length;
    const value = fold(this);
    if (value !== OPEN) {
      this.#inner.length = before;
    }
    return value;
  }

  /** Folds a whole expression, and plans the queries that are left in it. */
  fold(fold: Fold): Folded {
    const before = this.#inner;
    const inner: PlanStep[] = [];
    this.#inner = inner;
    const value = fold(this);
    this.#inner = before;
    for (const step of inner) {
      step(this);
    }
    return value;
  }
}

/** The steps one after the other; null where none has anything to do. */
export function allSteps(steps: readonly (PlanStep | null)[]): PlanStep | null {
  const some = steps.filter((step) => step !== null);
  if (some.length === 0) {
    return null;
  }
  return (planning) => {
    for (const step of some) {
      step(planning);
    }
  };
}
