import { type Frame, NO_AGGREGATES, NULL_ROW } from "../expressions/frame.ts";
import type { AggregateState } from "../functions/aggregate-state.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";

/** Room for more than this is not kept from one run of a statement for the next. */
export const KEPT_LENGTH_MAX = 64;

/**
 * Rows of some FROM entries put aside, to come back into the frame in another order or more than
 * once. They lie in two flat arrays, a stride for each, so that a row costs no object.
 */
export class RowBuffer {
  length = 0;
  readonly #frame: Frame;
  readonly #sources: readonly number[];
  readonly #grouped: boolean;
  #rows: RowValues[] = [];
  #versions: (RowVersion | null)[] = [];
  #aggregates: (readonly AggregateState[])[] = [];

  /** `grouped` says that the results of aggregates belong to the row. */
  constructor(frame: Frame, sources: readonly number[], grouped: boolean) {
    this.#frame = frame;
    this.#sources = sources;
    this.#grouped = grouped;
  }

  clear(): void {
    if (this.length > KEPT_LENGTH_MAX) {
      this.#rows = [];
      this.#versions = [];
      this.#aggregates = [];
    }
    // An array whose length is set to 0 gives its memory back, and would need it again.
    this.length = 0;
  }

  /** Puts the frame's row aside, and gives its place. */
  save(): number {
    const { rows, versions, aggregates } = this.#frame;
    const place = this.length;
    let to = place * this.#sources.length;
    for (const source of this.#sources) {
      this.#rows[to] = rows[source] ?? NULL_ROW;
      this.#versions[to] = versions[source] ?? null;
      to += 1;
    }
    if (this.#grouped) {
      this.#aggregates[place] = aggregates;
    }
    this.length = place + 1;
    return place;
  }

  /** Puts the row at that place back into the frame. */
  restore(at: number): void {
    const frame = this.#frame;
    let from = at * this.#sources.length;
    for (const source of this.#sources) {
      frame.rows[source] = this.#rows[from] ?? NULL_ROW;
      frame.versions[source] = this.#versions[from] ?? null;
      from += 1;
    }
    if (this.#grouped) {
      frame.aggregates = this.#aggregates[at] ?? NO_AGGREGATES;
    }
  }
}

/** Puts the missing side of an outer join into the frame. */
export function placeNullRows(frame: Frame, sources: readonly number[]): void {
  for (const source of sources) {
    frame.rows[source] = NULL_ROW;
    frame.versions[source] = null;
  }
}
