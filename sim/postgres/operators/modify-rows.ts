import type { Evaluate } from "../expressions/expression.ts";
import { type Frame, NULL_ROW } from "../expressions/frame.ts";
import { WAIT, waitSignal } from "../ground/wait.ts";
import { type Modification, RowChange } from "../rows/row-change.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";
import type { Datum } from "../types/datum.ts";
import type { CountingStream, Operator } from "./operator.ts";
import { projectRow } from "./projection.ts";

/** How one column of a row gets its new value. */
export interface BoundAssignment {
  readonly column: number;
  readonly evaluate: Evaluate;
}

/** What UPDATE and DELETE are made of. */
export interface ModifyParts {
  readonly frame: Frame;
  /** Finds the rows to change, with the rows of FROM or USING that belong to each. */
  readonly child: Operator;
  /** The changed table's place in the frame. */
  readonly target: number;
  /** What UPDATE sets; null for DELETE. */
  readonly assignments: readonly BoundAssignment[] | null;
  readonly returning: readonly Evaluate[];
}

/** ExecModifyTable for UPDATE and DELETE: gives the rows of RETURNING. */
export class ModifyRows implements CountingStream, Modification {
  count = 0;
  readonly #parts: ModifyParts;
  readonly #change: RowChange;
  #place: "finding" | "changing" | "returning" = "finding";

  constructor(parts: ModifyParts) {
    this.#parts = parts;
    this.#change = new RowChange(parts.frame);
  }

  open(): void {
    this.count = 0;
    this.#place = "finding";
    this.#parts.child.open();
  }

  next(): RowValues | null {
    const { frame, child, target, returning } = this.#parts;
    for (;;) {
      switch (this.#place) {
        case "finding": {
          if (!child.next()) {
            return null;
          }
          const found = frame.versions[target] ?? null;
          if (found === null) {
            throw new Error("a row to be changed has no version");
          }
          this.#change.start(found, this);
          this.#place = "changing";
          break;
        }
        case "changing": {
          const change = this.#change;
          const outcome = change.step();
          if (outcome === WAIT) {
            throw waitSignal;
          }
          this.#place = "finding";
          if (outcome === "changed") {
            this.count += 1;
            if (returning.length > 0) {
              frame.rows[target] = (change.after ?? change.before)?.values ?? NULL_ROW;
              this.#place = "returning";
            }
          }
          break;
        }
        case "returning": {
          const row = projectRow(frame, returning);
          this.#place = "finding";
          return row;
        }
      }
    }
  }

  compute(version: RowVersion): RowValues | null {
    const { frame, target, assignments } = this.#parts;
    if (assignments === null) {
      return null;
    }
    frame.rows[target] = version.values;
    return assigned(frame, version.values, assignments);
  }

  stillMeets(newest: RowVersion): boolean {
    const { frame, child, target } = this.#parts;
    frame.rows[target] = newest.values;
    frame.versions[target] = newest;
    return child.recheck();
  }
}

/** A row's values after SET. */
export function assigned(
  frame: Frame,
  values: RowValues,
  assignments: readonly BoundAssignment[],
): Datum[] {
  const changed: Datum[] = [...values];
  for (const { column, evaluate } of assignments) {
    changed[column] = evaluate(frame);
  }
  return changed;
}
