import type { RowValues } from "../storage/row.ts";
import type { HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { groupKeyOf } from "./hash-key.ts";
import type { RowStream } from "./operator.ts";

/** The rows below without those that were there before. */
export class Distinct implements RowStream {
  readonly #child: RowStream;
  readonly #types: readonly SqlType[];
  readonly #seen = new Set<HashKey | null>();

  constructor(child: RowStream, types: readonly SqlType[]) {
    this.#child = child;
    this.#types = types;
  }

  open(): void {
    this.#seen.clear();
    this.#child.open();
  }

  next(): RowValues | null {
    for (;;) {
      const row = this.#child.next();
      if (row === null) {
        return null;
      }
      const { size } = this.#seen;
      this.#seen.add(groupKeyOf(this.#types, row));
      if (this.#seen.size > size) {
        return row;
      }
    }
  }
}
