import type { Frame } from "../expressions/frame.ts";
import type { Condition, Operator } from "./operator.ts";
import { placeNullRows } from "./row-buffer.ts";

type Place = "left" | "opening" | "right" | "testing" | "unmatched";

/** What a join is made of. `filter` is WHERE: of an outer join it sees the missing rows, too. */
export interface JoinParts {
  readonly frame: Frame;
  readonly left: Operator;
  /** Opened anew for each row of the left side, whose values it may use. */
  readonly right: Operator;
  readonly rightSources: readonly number[];
  readonly on: Condition;
  readonly filter: Condition;
}

/**
 * For each row of the left side those of the right side that match; with `keepsLeft` (LEFT JOIN) a
 * left row without a match comes once, with nulls.
 */
export class NestedLoop implements Operator {
  readonly #parts: JoinParts;
  readonly #keepsLeft: boolean;
  #place: Place = "left";
  #matched = false;

  constructor(parts: JoinParts, keepsLeft: boolean) {
    this.#parts = parts;
    this.#keepsLeft = keepsLeft;
  }

  open(): void {
    this.#place = "left";
    this.#parts.left.open();
  }

  next(): boolean {
    const { frame, left, right, on, filter } = this.#parts;
    for (;;) {
      switch (this.#place) {
        case "left":
          if (!left.next()) {
            return false;
          }
          this.#matched = false;
          this.#place = "opening";
          break;
        case "opening":
          right.open();
          this.#place = "right";
          break;
        case "right":
          this.#place = right.next() ? "testing" : this.#afterRight();
          break;
        case "testing":
          if (on(frame)) {
            this.#matched = true;
            if (filter(frame)) {
              this.#place = "right";
              return true;
            }
          }
          this.#place = "right";
          break;
        case "unmatched":
          placeNullRows(frame, this.#parts.rightSources);
          if (filter(frame)) {
            this.#place = "left";
            return true;
          }
          this.#place = "left";
          break;
      }
    }
  }

  recheck(): boolean {
    const { frame, left, right, on, filter } = this.#parts;
    if (!left.recheck()) {
      return false;
    }
    if (!(right.recheck() && on(frame))) {
      if (!this.#keepsLeft) {
        return false;
      }
      placeNullRows(frame, this.#parts.rightSources);
    }
    return filter(frame);
  }

  #afterRight(): Place {
    return this.#keepsLeft && !this.#matched ? "unmatched" : "left";
  }
}
