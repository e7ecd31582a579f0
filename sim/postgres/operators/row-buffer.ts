import { type Frame, NO_AGGREGATES, NULL_ROW } from "../expressions/frame.ts";
import type { AggregateState } from "../functions/aggregate-state.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";

/** More than this is not kept from one run of a statement for the next. */
const KEPT_LENGTH_MAX = 1024;

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
    this.length = 0;
    if (this.#rows.length > KEPT_LENGTH_MAX) {
      this.#rows = [];
      this.#versions = [];
      this.#aggregates = [];
    } else {
      this.#rows.length = 0;
      this.#versions.length = 0;
      this.#aggregates.length = 0;
    }
  }

  /** Puts the frame's row aside, and gives its place. */
  save(): number {
    const { rows, versions, aggregates } = this.#frame;
    for (const source of this.#sources) {
      this.#rows.push(rows[source] ?? NULL_ROW);
      this.#versions.push(versions[source] ?? null);
    }
    if (this.#grouped) {
      this.#aggregates.push(aggregates);
    }
    this.length += 1;
    return this.length - 1;
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
