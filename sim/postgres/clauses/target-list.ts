import { settleUnknown } from "../expressions/coercion.ts";
import { readColumnName } from "../expressions/compile-expression.ts";
import type { Evaluate, Expression } from "../expressions/expression.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { QueryScope } from "./query-scope.ts";
import type { ResultColumn } from "./statement-plan.ts";

/** A column of a result and how it is computed. */
export interface Target {
  readonly column: ResultColumn;
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
    const expression = settleUnknown(scope, compile(value), "text");
    return [{ column: { name, type: expression.type }, evaluate: expression.evaluate, expression }];
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
    return source.table.columns.map(({ name, type }, column): Target => {
      const evaluate: Evaluate = (frame) => frame.rows[at]?.[column] ?? null;
      const place = { source: at, column };
      const expression = { type, evaluate, sources: 1 << at, column: place };
      return { column: { name, type }, evaluate, expression };
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
