import { coerce } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame } from "../expressions/frame.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { ColumnDefault } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { FindType } from "../types/type-name.ts";
import { DefinitionScope } from "./definition-scope.ts";

/** Compiles the expression of DEFAULT for a column; it may not name columns. */
export function compileDefault(
  expression: SyntaxNode,
  column: { readonly name: string; readonly type: SqlType; readonly typmod: number },
  find: FindType,
): ColumnDefault {
  const scope = new DefinitionScope(null, find, "DEFAULT expression");
  const canonical = expression.canonical();
  const compiled = compileExpression(scope, expression);
  const coerced = coerce(scope, compiled, column, "assignment");
  if (coerced === undefined) {
    throw defaultTypeError(column, compiled.type);
  }
  const { evaluate } = coerced;
  if (scope.parameters.count > 0) {
    expression.refuse("a parameter in a definition");
  }
  return {
    canonical,
    compute(frame) {
      if (!(frame instanceof Frame)) {
        throw new Error("a default is computed from a frame");
      }
      return evaluate(frame);
    },
  };
}

/** A value of that type cannot be what a column gets. */
export function defaultTypeError(
  column: { readonly name: string; readonly type: SqlType },
  type: SqlType,
): PostgresError {
  const message = `column "${column.name}" is of type ${column.type.name} but default expression is of type ${type.name}`;
  const hint = "You will need to rewrite or cast the expression.";
  return new PostgresError("42804", message, { hint, placeless: true });
}
