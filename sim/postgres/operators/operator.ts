import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import type { RowValues } from "../storage/row.ts";

/**
 * A part of a query that puts rows into the frame of its query level: each `next` leaves the next
 * row of every FROM entry below it in the frame.
 *
 * A wait is thrown (`waitSignal`) through all operators above it. So each of them keeps in its
 * fields how far it is, and after the wait `next` is called again from the top and goes on from
 * there: an expression that was interrupted is computed again, for the same row.
 */
export interface Operator {
  /** Begins anew, with the parameters and the outer rows as they are now. */
  open(): void;
  /** True when the frame holds the next row, false after the last. */
  next(): boolean;
  /**
   * EvalPlanQual: whether the rows that the frame holds now would still be found together. A row
   * that an outer join had to leave out may be found missing now.
   */
  recheck(): boolean;
}

/** A part of a query that gives rows of values: the end of a SELECT, or what combines such. */
export interface RowStream {
  open(): void;
  /** The next row, which nobody changes later; null after the last. */
  next(): RowValues | null;
}

/** The rows of RETURNING, with the number of rows that were changed to give them. */
export interface CountingStream extends RowStream {
  readonly count: number;
}

/** Whether all of several conditions are true, neither false nor null. */
export type Condition = (frame: Frame) => boolean;

const ALWAYS: Condition = () => true;

/** One condition out of several that were joined with AND. */
export function allOf(conditions: readonly Evaluate[]): Condition {
  const [first, second, third] = conditions;
  if (first === undefined) {
    return ALWAYS;
  }
  if (second === undefined) {
    return (frame) => first(frame) === true;
  }
  if (third === undefined) {
    return (frame) => first(frame) === true && second(frame) === true;
  }
  return (frame) => {
    for (const condition of conditions) {
      if (condition(frame) !== true) {
        return false;
      }
    }
    return true;
  };
}
