import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { RowValues } from "../storage/row.ts";
import { int8Subtract, whole, type Whole } from "../types/whole.ts";
import type { RowStream } from "./operator.ts";

/** LIMIT and OFFSET, each null where it was not written. */
export interface LimitBounds {
  readonly limit: Evaluate | null;
  readonly offset: Evaluate | null;
}

/** The rows from OFFSET on, LIMIT of them at most. */
export class Limit implements RowStream {
  readonly #frame: Frame;
  readonly #child: RowStream;
  readonly #bounds: LimitBounds;
  #opened = false;
  #toSkip: Whole = 0;
  /** Null for no limit. */
  #left: Whole | null = null;

  constructor(frame: Frame, child: RowStream, bounds: LimitBounds) {
    this.#frame = frame;
    this.#child = child;
    this.#bounds = bounds;
  }

  open(): void {
    this.#opened = false;
  }

  next(): RowValues | null {
    if (!this.#opened) {
      this.#begin();
    }
    if (this.#left === 0) {
      return null;
    }
    for (;;) {
      const row = this.#child.next();
      if (row === null) {
        this.#left = 0;
        return null;
      }
      if (this.#toSkip > 0) {
        this.#toSkip = int8Subtract(this.#toSkip, 1);
        continue;
      }
      if (this.#left !== null) {
        this.#left = int8Subtract(this.#left, 1);
      }
      return row;
    }
  }

  #begin(): void {
    this.#toSkip = boundOf(this.#bounds.offset, this.#frame, "OFFSET", "2201X") ?? 0;
    this.#left = boundOf(this.#bounds.limit, this.#frame, "LIMIT", "2201W");
    this.#child.open();
    this.#opened = true;
  }
}

function boundOf(
  evaluate: Evaluate | null,
  frame: Frame,
  clause: string,
  code: string,
): Whole | null {
  const value = evaluate?.(frame) ?? null;
  if (value === null) {
    return null;
  }
  const bound = whole(value);
  if (bound >= 0) {
    return bound;
  }
  throw new PostgresError(code, `${clause} must not be negative`);
}
