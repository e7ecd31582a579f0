import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowStream } from "./operator.ts";
import { projectRow } from "./projection.ts";

/** VALUES: rows of expressions, in the order in which they were written. */
export class ValueRows implements RowStream {
  readonly #frame: Frame;
  readonly #rows: readonly (readonly Evaluate[])[];
  #at = 0;

  constructor(frame: Frame, rows: readonly (readonly Evaluate[])[]) {
    this.#frame = frame;
    this.#rows = rows;
  }

  open(): void {
    this.#at = 0;
  }

  next(): RowValues | null {
    const row = this.#rows[this.#at];
    if (row === undefined) {
      return null;
    }
    const values = projectRow(this.#frame, row);
    this.#at += 1;
    return values;
  }
}
