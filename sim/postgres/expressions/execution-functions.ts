import type { Execution } from "../rows/execution.ts";
import type { Datum } from "../types/datum.ts";

/**
 * Computes a function that depends on the statement being run: its clock, its session, its locks.
 */
export type ExecutionFunction = (execution: Execution, ...values: Datum[]) => Datum;

/** The functions that depend on the running statement, by PostgreSQL's names for them. */
export const EXECUTION_FUNCTIONS: ReadonlyMap<string, ExecutionFunction> = new Map<
  string,
  ExecutionFunction
>([]);
