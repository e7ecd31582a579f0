import { settleUnknown } from "../expressions/coercion.ts";
import { demandOrder } from "../expressions/demand-comparable.ts";
import type { Expression } from "../expressions/expression.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT } from "../types/builtin-types.ts";
import type { QueryScope } from "./query-scope.ts";
import type { Target } from "./target-list.ts";

/** One key of an ORDER BY: an output column, or an expression of its own. */
export interface SortClauseKey {
  readonly node: SyntaxNode;
  /** The place among the output columns; undefined for an expression that is none of them. */
  readonly target: number | undefined;
  /** Of an expression that is no output column. */
  readonly expression: Expression | undefined;
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
): SortClauseKey[] {
  return nodes.map((node) => {
    const direction = node.text("sortby_dir") ?? "SORTBY_DEFAULT";
    const nulls = node.text("sortby_nulls") ?? "SORTBY_NULLS_DEFAULT";
    const key = node.requiredChild("node");
    node.end();
    if (!["SORTBY_DEFAULT", "SORTBY_ASC", "SORTBY_DESC"].includes(direction)) {
      key.refuse(direction);
    }
    const descending = direction === "SORTBY_DESC";
    const nullsFirst = nulls === "SORTBY_NULLS_DEFAULT" ? descending : nulls.endsWith("FIRST");
    const target = findTarget(key, targets, "ORDER BY");
    if (target !== undefined) {
      demandOrder(targets[target]?.expression.type ?? TEXT, key.writtenStart);
      return { node: key, target, expression: undefined, descending, nullsFirst };
    }
    const written = key.reopen();
    const expression = settleUnknown(scope, compile(key), TEXT);
    demandOrder(expression.type, written.writtenStart);
    return { node: written, target: undefined, expression, descending, nullsFirst };
  });
}

/**
 * findTargetlistEntrySQL92: the place of the output column that a bare name or a number stands for;
 * undefined for any other expression.
 */
export function findTarget(
  key: SyntaxNode,
  targets: readonly Target[],
  clause: "ORDER BY" | "GROUP BY" | "DISTINCT ON",
): number | undefined {
  if (key.kind === "A_Const") {
    const constant = key.reopen();
    const position = constant.part("ival")?.number("ival");
    if (position === undefined) {
      throw new PostgresError("42601", `non-integer constant in ${clause}`).at(key.position);
    }
    if (targets[position - 1] !== undefined) {
      return position - 1;
    }
    const message = `${clause} position ${position} is not in select list`;
    throw new PostgresError("42P10", message).at(key.position);
  }
  const name = bareNameOf(key);
  if (name === undefined) {
    return undefined;
  }
  let found: number | undefined;
  for (const [at, target] of targets.entries()) {
    if (target.name !== name) {
      continue;
    }
    if (found !== undefined && !isSame(target, targets[found])) {
      throw new PostgresError("42702", `${clause} "${name}" is ambiguous`).at(key.position);
    }
    found ??= at;
  }
  return found;
}

/** The name of a column that stands without a table's name; undefined for anything else. */
export function bareNameOf(node: SyntaxNode): string | undefined {
  if (node.kind !== "ColumnRef") {
    return undefined;
  }
  const [part, second] = node.reopen().children("fields");
  return second === undefined && part?.kind === "String" ? part.reopen().text("sval") : undefined;
}

function isSame(target: Target, other: Target | undefined): boolean {
  const a = target.expression.column;
  const b = other?.expression.column;
  if (a !== undefined && b !== undefined) {
    return a.source === b.source && a.column === b.column;
  }
  return target.node !== undefined && target.node.canonical() === other?.node?.canonical();
}
