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

/**
 * The answer to a query: its last statement's result, with those of the statements before it in
 * `earlier`.
 */
export type QueryReply =
  | ({ readonly kind: "result"; readonly earlier: readonly StatementResult[] } & StatementResult)
  | { readonly kind: "error"; readonly error: PostgresError };

const COUNTED = new Set(["SELECT", "INSERT", "UPDATE", "DELETE"]);

/** The result of a statement that has run by its plan. */
export function resultOf(plan: StatementPlan, { rows, count }: PlanOutcome): StatementResult {
  const { columns } = plan;
  const tag = plan.tag(count);
  const command = commandOf(tag);
  return { tag, command, rowCount: COUNTED.has(command) ? count : null, fields: columns, rows };
}

/** The result of a command without rows. */
export function resultOfCommand(tag: string): StatementResult {
  return { tag, command: commandOf(tag), rowCount: null, fields: [], rows: [] };
}

/** The result of a command that gives rows and counts none. */
export function resultOfRows(
  tag: string,
  fields: readonly Field[],
  rows: readonly RowValues[],
): StatementResult {
  return { tag, command: commandOf(tag), rowCount: null, fields, rows };
}

function commandOf(tag: string): string {
  const end = tag.indexOf(" ");
  return end < 0 ? tag : tag.slice(0, end);
}
