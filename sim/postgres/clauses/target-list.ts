import { settleUnknown } from "../expressions/coercion.ts";
import { readColumnName } from "../expressions/compile-expression.ts";
import type { Evaluate, Expression } from "../expressions/expression.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT } from "../types/builtin-types.ts";
import type { Field } from "../types/field.ts";
import type { QueryScope } from "./query-scope.ts";

/** A column of a result and how it is computed. */
export interface Target {
  readonly column: Field;
  readonly evaluate: Evaluate;
  readonly expression: Expression;
}

/** Compiles a select list or RETURNING, with `*` spread out; what is still unknown becomes text. */
export function compileTargets(
  scope: QueryScope,
  nodes: readonly SyntaxNode[],
  compile: (node: SyntaxNode) => Expression,
): Target[] {
  return nodes.flatMap((node) => {
    const alias = node.text("name");
    const value = node.requiredChild("val");
    node.end();
    if (isStar(value)) {
      return spreadStar(scope, value);
    }
    const name = alias ?? columnNameOf(value);
    const expression = settleUnknown(scope, compile(value), TEXT);
    const { type, typmod = -1, evaluate } = expression;
    return [{ column: { name, type, typmod }, evaluate, expression }];
  });
}

function isStar(node: SyntaxNode): boolean {
  if (node.kind !== "ColumnRef") {
    return false;
  }
  return node.reopen().children("fields").at(-1)?.kind === "A_Star";
}

function spreadStar(scope: QueryScope, node: SyntaxNode): Target[] {
  const parts = node.children("fields").slice(0, -1);
  if (parts.length > 1) {
    return node.refuse("a qualified *");
  }
  const qualifier = parts[0]?.stringValue();
  return scope.sources.flatMap((source, at) => {
    if (qualifier !== undefined && source.alias !== qualifier) {
      return [];
    }
    return source.table.columns.map(({ name, type, typmod }, column): Target => {
      const evaluate: Evaluate = (frame) => frame.rows[at]?.[column] ?? null;
      const place = { source: at, column };
      const expression = { type, typmod, evaluate, sources: 1 << at, column: place };
      return { column: { name, type, typmod }, evaluate, expression };
    });
  });
}

/** FigureColname of parse_target.c. */
function columnNameOf(node: SyntaxNode): string {
  return figureName(node.reopen()) ?? "?column?";
}

function figureName(node: SyntaxNode): string | undefined {
  if (node.kind === "ColumnRef") {
    return readColumnName(node)[1];
  }
  if (node.kind === "FuncCall") {
    return node.names("funcname").at(-1);
  }
  if (node.kind !== "TypeCast") {
    return undefined;
  }
  const inner = node.requiredChild("arg");
  return figureName(inner) ?? node.part("typeName")?.names("names").at(-1);
}
