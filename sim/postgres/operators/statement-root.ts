import type { StatementRun } from "../expressions/frame.ts";
import { WAIT, type Wait, waitSignal } from "../ground/wait.ts";
import type { Execution } from "../rows/execution.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowStream } from "./operator.ts";

/** The operators of a whole statement, to be run again and again, one run at a time. */
export class StatementRoot {
  readonly #run: StatementRun;
  readonly #stream: RowStream;
  #rows: RowValues[] = [];
  #opened = false;

  constructor(run: StatementRun, stream: RowStream) {
    this.#run = run;
    this.#stream = stream;
  }

  start(execution: Execution): void {
    this.#run.start(execution);
    this.#rows = [];
    this.#opened = false;
  }

  /** All rows of the result, or `WAIT`: then it is to be asked again. */
  step(): RowValues[] | Wait {
    try {
      if (!this.#opened) {
        this.#stream.open();
        this.#opened = true;
      }
      for (let row = this.#stream.next(); row !== null; row = this.#stream.next()) {
        if (this.#rows.length === 0) {
          // Most results have one row: an array that is pushed to has room for many.
          this.#rows = [row];
        } else {
          this.#rows.push(row);
        }
      }
    } catch (error) {
      if (error === waitSignal) {
        return WAIT;
      }
      throw error;
    }
    const rows = this.#rows;
    this.#rows = [];
    this.#run.end();
    return rows;
  }
}
