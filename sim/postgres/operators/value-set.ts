import type { Membership, StatementRun } from "../expressions/frame.ts";
import type { Datum, HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { RowStream } from "./operator.ts";

/**
 * The values of a query of one column that depends on nothing around it, hashed at their first use
 * in a run of the statement: for IN and = ANY.
 */
export class ValueSet implements Membership {
  readonly #run: StatementRun;
  readonly #stream: RowStream;
  readonly #type: SqlType;
  readonly #values = new Set<HashKey>();
  #hasNull = false;
  #openedFor = 0;
  #complete = false;

  constructor(run: StatementRun, stream: RowStream, type: SqlType) {
    this.#run = run;
    this.#stream = stream;
    this.#type = type;
  }

  /** Whether the value is among them: null when that cannot be known, because one is null. */
  has(value: Datum): boolean | null {
    this.#read();
    if (value === null) {
      return this.#values.size === 0 && !this.#hasNull ? false : null;
    }
    if (this.#values.has(this.#type.hashKey(value))) {
      return true;
    }
    return this.#hasNull ? null : false;
  }

  #read(): void {
    if (this.#openedFor !== this.#run.number) {
      this.#values.clear();
      this.#hasNull = false;
      this.#complete = false;
      this.#stream.open();
      this.#openedFor = this.#run.number;
    }
    while (!this.#complete) {
      const row = this.#stream.next();
      const value = row?.[0] ?? null;
      if (row === null) {
        this.#complete = true;
      } else if (value === null) {
        this.#hasNull = true;
      } else {
        this.#values.add(this.#type.hashKey(value));
      }
    }
  }
}
