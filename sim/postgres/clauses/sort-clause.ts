import { settleUnknown } from "../expressions/coercion.ts";
import type { Evaluate, Expression } from "../expressions/expression.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT } from "../types/builtin-types.ts";
import type { Datum } from "../types/datum.ts";
import type { QueryScope } from "./query-scope.ts";
import type { Target } from "./target-list.ts";

/** One key of an ORDER BY. */
export interface SortKey {
  readonly expression: Expression;
  readonly evaluate: Evaluate;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * Compiles ORDER BY: an output column's name, its number, or an expression, looked for in that
 * order.
 */
export function compileSortClause(
  scope: QueryScope,
  nodes: readonly SyntaxNode[],
  targets: readonly Target[],
  compile: (node: SyntaxNode) => Expression,
): SortKey[] {
  return nodes.map((node) => {
    const direction = node.text("sortby_dir") ?? "SORTBY_DEFAULT";
    const nulls = node.text("sortby_nulls") ?? "SORTBY_NULLS_DEFAULT";
    const key = node.requiredChild("node");
    node.end();
    if (!["SORTBY_DEFAULT", "SORTBY_ASC", "SORTBY_DESC"].includes(direction)) {
      key.refuse(direction);
    }
    const descending = direction === "SORTBY_DESC";
    const expression = findOutputColumn(key, targets) ?? settleUnknown(scope, compile(key), TEXT);
    const nullsFirst = nulls === "SORTBY_NULLS_DEFAULT" ? descending : nulls.endsWith("FIRST");
    return { expression, evaluate: expression.evaluate, descending, nullsFirst };
  });
}

/** Orders two lists of key values. */
export function compareByKeys(
  keys: readonly SortKey[],
  left: readonly Datum[],
  right: readonly Datum[],
): number {
  for (const [at, key] of keys.entries()) {
    const a = left[at] ?? null;
    const b = right[at] ?? null;
    if (a === null || b === null) {
      if (a === b) {
        continue;
      }
      return (a === null) === key.nullsFirst ? -1 : 1;
    }
    const order = key.expression.type.compare(a, b);
    if (order !== 0) {
      return key.descending ? -order : order;
    }
  }
  return 0;
}

function findOutputColumn(key: SyntaxNode, targets: readonly Target[]): Expression | undefined {
  if (key.kind === "A_Const") {
    const position = key.reopen().part("ival")?.number("ival");
    if (position === undefined) {
      return key.refuse("ORDER BY a constant that is not a number");
    }
    const target = targets[position - 1];
    if (target !== undefined) {
      return target.expression;
    }
    throw new PostgresError("42P10", `ORDER BY position ${position} is not in select list`);
  }
  if (key.kind !== "ColumnRef") {
    return undefined;
  }
  const parts = key.reopen().children("fields");
  const name = parts.length === 1 ? parts[0]?.reopen().text("sval") : undefined;
  const named = targets.filter((target) => target.column.name === name);
  const [first, second] = named;
  if (second !== undefined && !named.every((one) => isSameColumn(one, first))) {
    throw new PostgresError("42702", `ORDER BY "${name}" is ambiguous`);
  }
  return first?.expression;
}

function isSameColumn(target: Target, other: Target | undefined): boolean {
  const a = target.expression.column;
  const b = other?.expression.column;
  return a !== undefined && a.source === b?.source && a.column === b.column;
}
