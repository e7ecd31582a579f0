import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import { shuffleInPlace } from "../ground/shuffle.ts";
import { sortInPlace } from "../ground/sort-in-place.ts";
import type { Datum } from "../types/datum.ts";
import type { Operator } from "./operator.ts";
import { KEPT_LENGTH_MAX, RowBuffer } from "./row-buffer.ts";
import { compareByKeys, type SortOrder } from "./sort-order.ts";

/** A key of ORDER BY, computed from the frame. */
export interface SortKey extends SortOrder {
  readonly evaluate: Evaluate;
}

/**
 * Takes all rows first, puts them in an order of the host's choice, then sorts them: rows that are
 * equal under ORDER BY, or all of them without it, come in an order that PostgreSQL leaves open.
 */
export class Arrangement implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #keys: readonly SortKey[];
  readonly #buffer: RowBuffer;
  readonly #order: number[] = [];
  readonly #keyValues: Datum[] = [];
  #collecting = true;
  /** False where there is but one row, which needs no order. */
  #isOrdered = false;
  #pending = false;
  #at = 0;

  constructor(
    frame: Frame,
    child: Operator,
    keys: readonly SortKey[],
    rows: { readonly sources: readonly number[]; readonly grouped: boolean },
  ) {
    this.#frame = frame;
    this.#child = child;
    this.#keys = keys;
    this.#buffer = new RowBuffer(frame, rows.sources, rows.grouped);
  }

  open(): void {
    this.#collecting = true;
    this.#pending = false;
    this.#buffer.clear();
    this.#child.open();
  }

  next(): boolean {
    if (this.#collecting) {
      this.#collect();
    }
    const at = this.#at;
    if (at >= this.#buffer.length) {
      this.#buffer.clear();
      return false;
    }
    this.#at = at + 1;
    this.#buffer.restore(this.#isOrdered ? (this.#order[at] ?? at) : at);
    return true;
  }

  recheck(): boolean {
    return this.#child.recheck();
  }

  #collect(): void {
    const buffer = this.#buffer;
    const stride = this.#keys.length;
    const values = this.#keyValues;
    while (this.#pending || this.#child.next()) {
      // Where a key has to wait, this row is computed again.
      this.#pending = true;
      let to = buffer.length * stride;
      for (const key of this.#keys) {
        values[to] = key.evaluate(this.#frame);
        to += 1;
      }
      buffer.save();
      this.#pending = false;
    }
    this.#isOrdered = buffer.length > 1;
    if (this.#isOrdered) {
      const order = this.#order;
      for (let at = 0; at < buffer.length; at += 1) {
        order[at] = at;
      }
      if (order.length > buffer.length) {
        order.length = buffer.length;
      }
      shuffleInPlace(order, this.#frame.execution.host);
      if (stride > 0) {
        sortInPlace(order, (left, right) =>
          compareByKeys(this.#keys, values, left * stride, right * stride),
        );
      }
    }
    if (values.length > KEPT_LENGTH_MAX) {
      values.length = 0;
    }
    this.#collecting = false;
    this.#at = 0;
  }
}
