import { coerceForColumn } from "../expressions/coercion.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { Frame } from "../expressions/frame.ts";
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
  const scope = new DefinitionScope(null, find);
  const canonical = expression.canonical();
  const { evaluate } = coerceForColumn(scope, compileExpression(scope, expression), column);
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
