import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import type { RowValues } from "../storage/row.ts";
import type { Datum } from "../types/datum.ts";
import type { Operator, RowStream } from "./operator.ts";

/** The select list, computed for each row. */
export class Projection implements RowStream {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #targets: readonly Evaluate[];
  #pending = false;

  constructor(frame: Frame, child: Operator, targets: readonly Evaluate[]) {
    this.#frame = frame;
    this.#child = child;
    this.#targets = targets;
  }

  open(): void {
    this.#pending = false;
    this.#child.open();
  }

  next(): RowValues | null {
    if (!this.#pending && !this.#child.next()) {
      return null;
    }
    this.#pending = true;
    const row = projectRow(this.#frame, this.#targets);
    this.#pending = false;
    return row;
  }
}

/** The values of one row. */
export function projectRow(frame: Frame, targets: readonly Evaluate[]): Datum[] {
  // An array that grows step by step takes more room than it needs, and rows are kept.
  return targets.map((evaluate) => evaluate(frame));
}
