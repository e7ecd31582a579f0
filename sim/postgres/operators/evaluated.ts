import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import type { Operator } from "./operator.ts";

/**
 * Computes what is shown of each row before the rows are sorted, as PostgreSQL does, for the errors
 * in it: they are met in the order of the rows below, and of rows that LIMIT leaves out, too.
 */
export class Evaluated implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #evaluations: readonly Evaluate[];
  #pending = false;

  constructor(frame: Frame, child: Operator, evaluations: readonly Evaluate[]) {
    this.#frame = frame;
    this.#child = child;
    this.#evaluations = evaluations;
  }

  open(): void {
    this.#pending = false;
    this.#child.open();
  }

  next(): boolean {
    if (!this.#pending && !this.#child.next()) {
      return false;
    }
    this.#pending = true;
    for (const evaluate of this.#evaluations) {
      evaluate(this.#frame);
    }
    this.#pending = false;
    return true;
  }

  recheck(): boolean {
    return this.#child.recheck();
  }
}
