import type { Frame } from "../expressions/frame.ts";
import type { Condition, Operator } from "./operator.ts";

/** The one row without columns of a query without FROM, if its WHERE lets it through. */
export class ResultRow implements Operator {
  readonly #frame: Frame;
  readonly #filter: Condition;
  #given = false;

  constructor(frame: Frame, filter: Condition) {
    this.#frame = frame;
    this.#filter = filter;
  }

  open(): void {
    this.#given = false;
  }

  next(): boolean {
    if (this.#given) {
      return false;
    }
    const met = this.#filter(this.#frame);
    this.#given = true;
    return met;
  }

  recheck(): boolean {
    return this.#filter(this.#frame);
  }
}
