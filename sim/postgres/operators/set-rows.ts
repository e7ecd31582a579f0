import type { Frame } from "../expressions/frame.ts";
import type { SetCall } from "../expressions/set-call.ts";
import type { RowValues } from "../storage/row.ts";
import type { Datum } from "../types/datum.ts";
import type { Operator, RowStream } from "./operator.ts";

/**
 * Sets of values side by side, the shorter ones filled with nulls: functions in FROM, whose
 * arguments may come from what stands before them there.
 */
export class SetRows implements RowStream {
  readonly #frame: Frame;
  readonly #calls: readonly SetCall[];
  readonly #numbered: boolean;
  #sets: Iterator<Datum>[] | null = null;
  #number = 0;

  /** `numbered` adds a last column with the number of the row: WITH ORDINALITY. */
  constructor(frame: Frame, calls: readonly SetCall[], numbered: boolean) {
    this.#frame = frame;
    this.#calls = calls;
    this.#numbered = numbered;
  }

  open(): void {
    this.#sets = null;
    this.#number = 0;
  }

  next(): RowValues | null {
    this.#sets ??= this.#calls.map((call) => call.values(this.#frame)[Symbol.iterator]());
    const row: Datum[] = [];
    let found = false;
    for (const set of this.#sets) {
      const step = set.next();
      found ||= step.done !== true;
      row.push(step.done === true ? null : step.value);
    }
    if (!found) {
      return null;
    }
    this.#number += 1;
    if (this.#numbered) {
      row.push(this.#number);
    }
    return row;
  }
}

/** nodeProjectSet.c: each row below as often as the sets of the select list have values for it. */
export class SetExpansion implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #source: number;
  readonly #rows: SetRows;
  #expanding = false;

  /** `source` is the place in the frame where the sets' values go. */
  constructor(frame: Frame, child: Operator, source: number, calls: readonly SetCall[]) {
    this.#frame = frame;
    this.#child = child;
    this.#source = source;
    this.#rows = new SetRows(frame, calls, false);
  }

  open(): void {
    this.#expanding = false;
    this.#child.open();
  }

  next(): boolean {
    for (;;) {
      if (!this.#expanding) {
        if (!this.#child.next()) {
          return false;
        }
        this.#rows.open();
        this.#expanding = true;
      }
      const row = this.#rows.next();
      if (row !== null) {
        this.#frame.rows[this.#source] = row;
        return true;
      }
      this.#expanding = false;
    }
  }

  recheck(): boolean {
    return this.#child.recheck();
  }
}
