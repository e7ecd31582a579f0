import type { Wait } from "../ground/wait.ts";
import type { LockMode } from "../locks/lock.ts";
import type { Execution } from "../rows/execution.ts";
import type { RowValues } from "../storage/row.ts";
import type { Table } from "../storage/table.ts";
import type { Field } from "../types/field.ts";
import type { SqlType } from "../types/sql-type.ts";

/** What a plan gave: rows to return, and how many rows it found or changed. */
export interface PlanOutcome {
  readonly rows: readonly RowValues[];
  readonly count: number;
}

/** One run of a plan. */
export interface PlanRun {
  /** The outcome, or `WAIT`: then it is to be asked again. */
  step(): PlanOutcome | Wait;
}

/**
 * A statement compiled, but not yet for the tables of one engine: it depends on nothing but the
 * text and the shapes of the tables, so every engine of the process shares it.
 */
export interface PlanTemplate {
  /** The tables and the locks on them, in the order in which `bind` takes the tables. */
  readonly tables: readonly { readonly name: string; readonly mode: LockMode }[];
  /**
   * The plan over these tables, which have the shapes of those that the statement was compiled for.
   */
  bind(tables: readonly Table[]): StatementPlan;
}

/** A statement compiled for one version of the catalog: run any number of times. */
export interface StatementPlan {
  /** The tag's first word. */
  readonly command: string;
  /** The command tag as Postgres words it: `INSERT 0 1`, `SELECT 2`, `CREATE TABLE`. */
  tag(count: number): string;
  readonly columns: readonly Field[];
  /** Locks on tables to be taken before it runs, in this order. */
  readonly tableLocks: readonly { readonly table: Table; readonly mode: LockMode }[];
  readonly parameterTypes: readonly SqlType[];
  start(execution: Execution): PlanRun;
}
