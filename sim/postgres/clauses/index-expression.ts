import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { IndexExpression, Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { FindType } from "../types/type-name.ts";
import { DefinitionScope } from "./definition-scope.ts";

/** Compiles a part of an index that is no plain column, with what it adds to the index's name. */
export function compileIndexExpression(
  table: Table,
  node: SyntaxNode,
  find: FindType,
): IndexExpression & { readonly name: string } {
  const name = (node.kind === "FuncCall" ? node.reopen().names("funcname").at(-1) : null) ?? "expr";
  const canonical = node.canonical();
  const scope = new DefinitionScope(table, find, "index expression");
  const { type, evaluate, isMutable } = compileExpression(scope, node);
  if (scope.parameters.count > 0) {
    node.refuse("a parameter in a definition");
  }
  if (isMutable === true) {
    const message = "functions in index expression must be marked IMMUTABLE";
    throw new PostgresError("42P17", message, { placeless: true });
  }
  // One frame for all rows: such an expression neither waits nor comes back to itself.
  const frame = new Frame(new StatementRun(), null, 1);
  return {
    name,
    canonical,
    text: `${name}(${[...scope.used].map((at) => table.columns[at]?.name).join(", ")})`,
    type,
    evaluate(row) {
      frame.rows[0] = row;
      return evaluate(frame);
    },
  };
}
