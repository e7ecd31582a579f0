import type { StatementRun, SubQuery } from "../expressions/frame.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowStream } from "./operator.ts";

/**
 * The result of a query inside an expression that depends on nothing around it: computed once a run
 * of the statement, at its first use, and read again from then on.
 */
export class SubQueryResult implements SubQuery {
  readonly #run: StatementRun;
  readonly #stream: RowStream;
  #rows: RowValues[] = [];
  #openedFor = 0;
  #ended = false;
  #at = 0;

  constructor(run: StatementRun, stream: RowStream) {
    this.#run = run;
    this.#stream = stream;
  }

  open(): void {
    this.#at = 0;
    if (this.#openedFor !== this.#run.number) {
      this.#rows = [];
      this.#ended = false;
      this.#stream.open();
      this.#openedFor = this.#run.number;
    }
  }

  next(): RowValues | null {
    const known = this.#rows[this.#at];
    if (known !== undefined) {
      this.#at += 1;
      return known;
    }
    const row = this.#ended ? null : this.#stream.next();
    if (row === null) {
      this.#ended = true;
      return null;
    }
    this.#rows.push(row);
    this.#at += 1;
    return row;
  }
}
