import type { StatementRun } from "../expressions/frame.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowStream } from "./operator.ts";

/**
 * The result of a WITH query, which all who read from it share: computed row by row as the first of
 * them asks, and kept for the others.
 */
export class CteRows {
  readonly #run: StatementRun;
  readonly #stream: RowStream;
  /** False where it depends on the query around, whose rows change during a run. */
  readonly #once: boolean;
  #rows: RowValues[] = [];
  #openedFor = 0;
  #ended = false;

  constructor(run: StatementRun, stream: RowStream, once: boolean) {
    this.#run = run;
    this.#stream = stream;
    this.#once = once;
  }

  /** The query that it belongs to begins anew. */
  reset(): void {
    if (!this.#once) {
      this.#openedFor = 0;
    }
  }

  /** The row at that place; null after the last. */
  rowAt(at: number): RowValues | null {
    if (this.#openedFor !== this.#run.number) {
      this.#rows = [];
      this.#ended = false;
      this.#stream.open();
      this.#openedFor = this.#run.number;
    }
    const known = this.#rows[at];
    if (known !== undefined || this.#ended) {
      return known ?? null;
    }
    const row = this.#stream.next();
    if (row === null) {
      this.#ended = true;
    } else {
      this.#rows.push(row);
    }
    return row;
  }

  /** Computes what nobody has asked for: the changes of a data-modifying query are made anyway. */
  finish(): void {
    for (let at = this.#rows.length; this.rowAt(at) !== null; at += 1) {
      // Each row is made by being asked for.
    }
  }
}

/** One reader of a WITH query. */
export class CteScan implements RowStream {
  readonly #cte: CteRows;
  #at = 0;

  constructor(cte: CteRows) {
    this.#cte = cte;
  }

  open(): void {
    this.#at = 0;
  }

  next(): RowValues | null {
    const row = this.#cte.rowAt(this.#at);
    if (row !== null) {
      this.#at += 1;
    }
    return row;
  }
}

/** A query with its WITH queries: when it has ended, the data-modifying ones are run to the end. */
export class WithRows implements RowStream {
  readonly #ctes: readonly CteRows[];
  readonly #modifying: readonly CteRows[];
  readonly #main: RowStream;

  constructor(ctes: readonly CteRows[], modifying: readonly CteRows[], main: RowStream) {
    this.#ctes = ctes;
    this.#modifying = modifying;
    this.#main = main;
  }

  open(): void {
    for (const cte of this.#ctes) {
      cte.reset();
    }
    this.#main.open();
  }

  next(): RowValues | null {
    const row = this.#main.next();
    if (row === null) {
      for (const cte of this.#modifying) {
        cte.finish();
      }
    }
    return row;
  }
}
