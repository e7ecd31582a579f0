import type { StatementRun } from "../expressions/frame.ts";
import { WAIT, type Wait, waitSignal } from "../ground/wait.ts";
import type { Execution } from "../rows/execution.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowStream } from "./operator.ts";

const NO_ROWS: RowValues[] = [];

/** The operators of a whole statement, to be run again and again, one run at a time. */
export class StatementRoot {
  readonly #run: StatementRun;
  readonly #stream: RowStream;
  /** Of a result without rows nobody keeps anything: they all have this one array. */
  #rows: RowValues[] = NO_ROWS;
  #opened = false;

  constructor(run: StatementRun, stream: RowStream) {
    this.#run = run;
    this.#stream = stream;
  }

  start(execution: Execution): void {
    this.#run.start(execution);
    this.#rows = NO_ROWS;
    this.#opened = false;
  }

  /** All rows of the result, or `WAIT`: then it is to be asked again. */
  step(): readonly RowValues[] | Wait {
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
    this.#rows = NO_ROWS;
    this.#run.end();
    return rows;
  }
}
