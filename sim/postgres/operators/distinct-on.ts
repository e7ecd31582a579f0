import type { Frame } from "../expressions/frame.ts";
import type { Datum, HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { groupKeyOf, type TypedValue } from "./hash-key.ts";
import type { Operator } from "./operator.ts";

/** DISTINCT ON: of the rows below that agree in some values the first. */
export class DistinctOn implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #keys: readonly TypedValue[];
  readonly #types: readonly SqlType[];
  readonly #seen = new Set<HashKey | null>();
  #pending = false;

  constructor(frame: Frame, child: Operator, keys: readonly TypedValue[]) {
    this.#frame = frame;
    this.#child = child;
    this.#keys = keys;
    this.#types = keys.map(({ type }) => type);
  }

  open(): void {
    this.#seen.clear();
    this.#pending = false;
    this.#child.open();
  }

  next(): boolean {
    while (this.#pending || this.#child.next()) {
      this.#pending = true;
      const values: Datum[] = [];
      for (const { evaluate } of this.#keys) {
        values.push(evaluate(this.#frame));
      }
      this.#pending = false;
      const { size } = this.#seen;
      this.#seen.add(groupKeyOf(this.#types, values));
      if (this.#seen.size > size) {
        return true;
      }
    }
    return false;
  }

  /** No row of a query with DISTINCT is locked. */
  recheck(): boolean {
    throw new Error("a query with DISTINCT was to be looked at again");
  }
}
