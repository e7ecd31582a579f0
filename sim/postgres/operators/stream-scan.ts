import { type Frame, NULL_ROW } from "../expressions/frame.ts";
import type { Condition, Operator, RowStream } from "./operator.ts";

/** The rows of a sub-select, a WITH query, a VALUES list or a function as an entry of FROM. */
export class StreamScan implements Operator {
  readonly #frame: Frame;
  readonly #source: number;
  readonly #stream: RowStream;
  readonly #filter: Condition;
  #testing = false;

  constructor(frame: Frame, source: number, stream: RowStream, filter: Condition) {
    this.#frame = frame;
    this.#source = source;
    this.#stream = stream;
    this.#filter = filter;
  }

  open(): void {
    this.#testing = false;
    this.#stream.open();
  }

  next(): boolean {
    const frame = this.#frame;
    for (;;) {
      if (!this.#testing) {
        const row = this.#stream.next();
        if (row === null) {
          return false;
        }
        frame.rows[this.#source] = row;
        this.#testing = true;
      }
      const met = this.#filter(frame);
      this.#testing = false;
      if (met) {
        return true;
      }
    }
  }

  /** The row itself is held: it comes from no table that could have a newer version of it. */
  recheck(): boolean {
    return this.#frame.rows[this.#source] !== NULL_ROW && this.#filter(this.#frame);
  }
}
