import { compileCondition } from "../expressions/compile-expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import type { RowValues } from "../storage/row.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import type { FindType } from "../types/type-name.ts";
import { DefinitionScope } from "./definition-scope.ts";

/** A condition over one row of a table, with the names of the columns that it reads, each once. */
export interface RowCondition {
  readonly columns: readonly string[];
  /** True where it depends on more than the row. */
  readonly isMutable: boolean;
  readonly evaluate: (row: RowValues) => Datum;
}

/**
 * Compiles the condition of a CHECK or of a partial index. It may be opened anew for every engine.
 */
export function compileCheck(
  table: Table,
  condition: SyntaxNode,
  find: FindType,
  kind: "check constraint" | "index predicate" = "check constraint",
): RowCondition {
  const scope = new DefinitionScope(table, find, kind);
  const clause = kind === "check constraint" ? "CHECK" : "WHERE";
  const { evaluate, isMutable = false } = compileCondition(scope, condition, clause);
  if (scope.parameters.count > 0) {
    condition.refuse("a parameter in a definition");
  }
  // One frame for all rows: a condition neither waits nor comes back to itself.
  const frame = new Frame(new StatementRun(), null, 1);
  return {
    isMutable,
    columns: [...scope.used].map((at) => table.columns[at]?.name ?? "?"),
    evaluate(row) {
      frame.rows[0] = row;
      return evaluate(frame);
    },
  };
}
