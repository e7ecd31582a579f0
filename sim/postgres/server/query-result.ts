import type { StatementPlan, PlanOutcome } from "../clauses/statement-plan.ts";
import type { PostgresError } from "../ground/postgres-error.ts";
import type { RowValues } from "../storage/row.ts";
import type { Field } from "../types/field.ts";

/**
 * What one statement answered. `command` and `rowCount` are read off the tag as the `pg` client
 * does.
 */
export interface StatementResult {
  /** The command tag in full: `INSERT 0 1`, `UPDATE 2`, `BEGIN`; empty for an empty query. */
  readonly tag: string;
  readonly command: string;
  /** Rows returned or changed; null for a command that counts none. */
  readonly rowCount: number | null;
  readonly fields: readonly Field[];
  readonly rows: readonly RowValues[];
}

/** Its last statement's result, with those of the statements before it in `earlier`. */
export interface ResultReply extends StatementResult {
  readonly kind: "result";
  readonly earlier: readonly StatementResult[];
}

/** The answer to a query. */
export type QueryReply = ResultReply | { readonly kind: "error"; readonly error: PostgresError };

const NO_RESULTS: readonly StatementResult[] = [];

const COUNTED = new Set(["SELECT", "INSERT", "UPDATE", "DELETE"]);

/** The result of a statement that has run by its plan. */
export function resultOf(plan: StatementPlan, { rows, count }: PlanOutcome): ResultReply {
  const { columns, command } = plan;
  const rowCount = COUNTED.has(command) ? count : null;
  const tag = plan.tag(count);
  return { kind: "result", tag, command, rowCount, fields: columns, rows, earlier: NO_RESULTS };
}

const NO_FIELDS: readonly Field[] = [];
const NO_ROWS: readonly RowValues[] = [];

/** The result of a command without rows. */
export function resultOfCommand(tag: string): ResultReply {
  return resultOfRows(tag, NO_FIELDS, NO_ROWS);
}

/** The result of a command that gives rows and counts none. */
export function resultOfRows(
  tag: string,
  fields: readonly Field[],
  rows: readonly RowValues[],
): ResultReply {
  const command = commandOf(tag);
  return { kind: "result", tag, command, rowCount: null, fields, rows, earlier: NO_RESULTS };
}

function commandOf(tag: string): string {
  const end = tag.indexOf(" ");
  return end < 0 ? tag : tag.slice(0, end);
}

/** What stands for the result of a query without a statement. */
export const NOTHING_ASKED: ResultReply = resultOfCommand("");
