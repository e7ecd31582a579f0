import type { Frame } from "../expressions/frame.ts";
import type { Condition, Operator } from "./operator.ts";

/** The rows below that meet a condition which none of the operators below could check. */
export class Filtered implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #filter: Condition;
  #testing = false;

  constructor(frame: Frame, child: Operator, filter: Condition) {
    this.#frame = frame;
    this.#child = child;
    this.#filter = filter;
  }

  open(): void {
    this.#testing = false;
    this.#child.open();
  }

  next(): boolean {
    while (this.#testing || this.#child.next()) {
      this.#testing = true;
      const met = this.#filter(this.#frame);
      this.#testing = false;
      if (met) {
        return true;
      }
    }
    return false;
  }

  recheck(): boolean {
    return this.#child.recheck() && this.#filter(this.#frame);
  }
}
