import { coerce } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame, StatementRun } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Column, GenerationExpression, Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { FindType } from "../types/type-name.ts";
import { defaultTypeError } from "./column-default.ts";
import { DefinitionScope } from "./definition-scope.ts";

/**
 * Compiles GENERATED ALWAYS AS (expression) STORED: cookDefault. The table has its columns already.
 * @throws PostgresError (42P17, and what the expression itself is wrong in)
 */
export function compileGeneration(
  table: Table,
  column: Column,
  expression: SyntaxNode,
  find: FindType,
): GenerationExpression {
  const scope = new DefinitionScope(table, find, "column generation expression");
  const canonical = expression.canonical();
  const compiled = compileExpression(scope, expression);
  if (scope.parameters.count > 0) {
    expression.refuse("a parameter in a definition");
  }
  const columns = [...scope.used];
  if (compiled.isMutable === true) {
    const message = "generation expression is not immutable";
    throw new PostgresError("42P17", message, { placeless: true });
  }
  const coerced = coerce(scope, compiled, column, "assignment");
  if (coerced === undefined) {
    throw defaultTypeError(column, compiled.type);
  }
  // One frame for all rows: the expression neither waits nor comes back to itself.
  const frame = new Frame(new StatementRun(), null, 1);
  return {
    canonical,
    columns,
    compute(row) {
      frame.rows[0] = row;
      return coerced.evaluate(frame);
    },
  };
}
