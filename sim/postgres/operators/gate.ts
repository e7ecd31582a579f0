import type { Frame } from "../expressions/frame.ts";
import type { Condition, Operator } from "./operator.ts";

/** A one-time filter: where its condition, which looks at no row, does not hold, nothing is run. */
export class Gate implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #condition: Condition;
  #state: "closed" | "asking" | "open" = "closed";

  constructor(frame: Frame, child: Operator, condition: Condition) {
    this.#frame = frame;
    this.#child = child;
    this.#condition = condition;
  }

  open(): void {
    this.#state = "asking";
  }

  next(): boolean {
    if (this.#state === "asking") {
      const isMet = this.#condition(this.#frame);
      this.#state = isMet ? "open" : "closed";
      if (isMet) {
        this.#child.open();
      }
    }
    return this.#state === "open" && this.#child.next();
  }

  recheck(): boolean {
    return this.#child.recheck();
  }
}
