import type { Frame } from "../expressions/frame.ts";
import { shuffleInPlace } from "../ground/shuffle.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowStream } from "./operator.ts";
import { compareByKeys, type SortOrder } from "./sort-order.ts";

/** A key of ORDER BY that is a column of the result. */
export interface ColumnSortKey extends SortOrder {
  readonly column: number;
}

/**
 * The rows below, put in an order of the host's choice and then sorted by columns of the result:
 * of DISTINCT and of set operations, where nothing else can be sorted by.
 */
export class SortedStream implements RowStream {
  readonly #frame: Frame;
  readonly #child: RowStream;
  readonly #keys: readonly ColumnSortKey[];
  #rows: RowValues[] = [];
  #collecting = true;
  #at = 0;

  constructor(frame: Frame, child: RowStream, keys: readonly ColumnSortKey[]) {
    this.#frame = frame;
    this.#child = child;
    this.#keys = keys;
  }

  open(): void {
    this.#collecting = true;
    this.#rows = [];
    this.#child.open();
  }

  next(): RowValues | null {
    if (this.#collecting) {
      this.#collect();
    }
    const row = this.#rows[this.#at];
    if (row === undefined) {
      this.#rows = [];
      return null;
    }
    this.#at += 1;
    return row;
  }

  #collect(): void {
    for (let row = this.#child.next(); row !== null; row = this.#child.next()) {
      this.#rows.push(row);
    }
    shuffleInPlace(this.#rows, this.#frame.execution.host);
    if (this.#keys.length > 0) {
      const keysOf = (row: RowValues) => this.#keys.map(({ column }) => row[column] ?? null);
      this.#rows.sort((left, right) =>
        compareByKeys(this.#keys, [...keysOf(left), ...keysOf(right)], 0, this.#keys.length),
      );
    }
    this.#collecting = false;
    this.#at = 0;
  }
}
