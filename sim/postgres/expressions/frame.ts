import type { Execution } from "../rows/execution.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";

/** The row of the side of an outer join that has none: each of its columns is null. */
const NULL_ROW: RowValues = [];

/** A query inside an expression: run anew for each row that the expression is computed for. */
export interface SubQuery {
  /** Begins anew, over the rows that the frame around it holds now. */
  open(): void;
  /** The next row of its result; null after the last. */
  next(): RowValues | null;
}

/** What all frames of one run of a statement share. */
export class StatementRun {
  /** Null while the statement does not run, and for a condition of a table's definition. */
  execution: Execution | null = null;
  parameters: RowValues = [];
  /** Tells one run from the next, for what is kept from row to row of a run. */
  number = 0;

  /** A run of its own for one execution. */
  static of(execution: Execution): StatementRun {
    const run = new StatementRun();
    run.execution = execution;
    run.parameters = execution.parameters;
    run.number = 1;
    return run;
  }
}

/**
 * What the expressions of one query level are computed from: the current row of every entry of its
 * FROM, the results of its aggregates for the current group, and the frame of the query around it.
 */
export class Frame {
  readonly run: StatementRun;
  readonly outer: Frame | null;
  /** By the entry's place in FROM. */
  rows: RowValues[];
  /** The version of each row that comes from a table; null for any other row. */
  readonly versions: (RowVersion | null)[];
  aggregates: RowValues = NULL_ROW;
  readonly subQueries: SubQuery[] = [];

  constructor(run: StatementRun, outer: Frame | null, sources: number) {
    this.run = run;
    this.outer = outer;
    this.rows = Array.from({ length: sources }, () => NULL_ROW);
    this.versions = Array.from({ length: sources }, () => null);
  }

  get parameters(): RowValues {
    return this.run.parameters;
  }

  /** The statement that is being run. */
  get execution(): Execution {
    const { execution } = this.run;
    if (execution === null) {
      throw new Error("an expression of a definition asked for the running statement");
    }
    return execution;
  }
}
