import type { AggregateState } from "../functions/aggregate-state.ts";
import type { Execution } from "../rows/execution.ts";
import type { RowValues } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";
import type { Datum } from "../types/datum.ts";

/** The row of the side of an outer join that has none: each of its columns is null. */
export const NULL_ROW: RowValues = [];

/** Of a query that is not grouped. */
export const NO_AGGREGATES: readonly AggregateState[] = [];

/** A query inside an expression: run anew for each row that the expression is computed for. */
export interface SubQuery {
  /** Begins anew, over the rows that the frame around it holds now. */
  open(): void;
  /** The next row of its result; null after the last. */
  next(): RowValues | null;
}

/** The values of such a query, when only asked whether one is among them. */
export interface Membership {
  /** Null when that cannot be known, because a value is null. */
  has(value: Datum): boolean | null;
}

/** What all frames of one run of a statement share. */
export class StatementRun {
  /** Null while the statement does not run, and for a condition of a table's definition. */
  execution: Execution | null = null;
  parameters: RowValues = [];
  /** Tells one run from the next, for what is kept from row to row of a run. */
  number = 0;

  start(execution: Execution): void {
    this.execution = execution;
    this.parameters = execution.parameters;
    this.number += 1;
  }

  end(): void {
    this.execution = null;
    this.parameters = NULL_ROW;
  }

  /** A run of its own for one execution. */
  static of(execution: Execution): StatementRun {
    const run = new StatementRun();
    run.start(execution);
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
  readonly rows: RowValues[];
  /** The version of each row that comes from a table; null for any other row. */
  readonly versions: (RowVersion | null)[];
  aggregates: readonly AggregateState[] = NO_AGGREGATES;
  readonly subQueries: SubQuery[] = [];
  readonly memberships: Membership[] = [];
  /** The value of such a query's row that is being compared, by the query's comparison. */
  readonly innerValues: Datum[] = [];

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
