import { settleUnknown } from "../expressions/coercion.ts";
import { readColumnName } from "../expressions/compile-expression.ts";
import type { Expression } from "../expressions/expression.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT } from "../types/builtin-types.ts";
import type { QueryScope } from "./query-scope.ts";

/** A column of a result and how it is computed; it may still be of unknown type. */
export interface Target {
  readonly name: string;
  readonly expression: Expression;
  /** The expression as it was written; undefined for a column that a `*` stands for. */
  readonly node: SyntaxNode | undefined;
  /** The place of the first thing in it, or of the `*`. */
  readonly position: number | undefined;
}

/** Compiles a select list or RETURNING, with `*` spread out. */
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
    const expression = compile(value);
    return [{ name, expression, node: value.reopen(), position: expression.node?.start }];
  });
}

/** The target with its type settled: what is still unknown becomes text. */
export function settled(scope: QueryScope, target: Target): Target {
  return { ...target, expression: settleUnknown(scope, target.expression, TEXT) };
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
  const items = scope.namespace.filter(({ alias, byAlias, byColumn }) =>
    qualifier === undefined ? byColumn : byAlias && alias === qualifier,
  );
  if (items.length === 0) {
    const error =
      qualifier === undefined
        ? new PostgresError("42601", "SELECT * with no tables specified is not valid")
        : new PostgresError("42P01", `missing FROM-clause entry for table "${qualifier}"`);
    throw error.at(node.position);
  }
  return items.flatMap(({ columns }) =>
    columns.map(({ name, expression }) => {
      scope.used.add(expression);
      return { name, expression, node: undefined, position: node.position };
    }),
  );
}

/** FigureColname of parse_target.c. */
function columnNameOf(node: SyntaxNode): string {
  return figureName(node)?.name ?? "?column?";
}

/** A name and whether it is a good one: a cast and CASE give way to what is inside them. */
interface FiguredName {
  readonly name: string;
  readonly isGood: boolean;
}

function figureName(node: SyntaxNode): FiguredName | undefined {
  const read = node.reopen();
  switch (node.kind) {
    case "ColumnRef":
      return good(readColumnName(read)[1]);
    case "FuncCall":
      return good(read.names("funcname").at(-1) ?? "?column?");
    case "SubLink":
      return nameOfSubLink(read);
    case "A_Expr":
      return read.text("kind") === "AEXPR_NULLIF" ? good("nullif") : undefined;
    case "CoalesceExpr":
      return good("coalesce");
    case "MinMaxExpr":
      return good(read.text("op") === "IS_GREATEST" ? "greatest" : "least");
    case "A_ArrayExpr":
      return good("array");
    case "RowExpr":
      return good("row");
    case "SQLValueFunction":
      return good(nameOfValueFunction(read.requiredText("op")));
    case "A_Indirection":
    case "CollateClause":
      return figureName(read.requiredChild("arg"));
    case "CaseExpr": {
      const otherwise = read.child("defresult");
      return orElse(otherwise === undefined ? undefined : figureName(otherwise), "case");
    }
    case "TypeCast": {
      const type = read.part("typeName")?.names("names").at(-1) ?? "?column?";
      return orElse(figureName(read.requiredChild("arg")), type);
    }
    default:
      return undefined;
  }
}

function good(name: string): FiguredName {
  return { name, isGood: true };
}

function orElse(inner: FiguredName | undefined, name: string): FiguredName {
  return inner?.isGood === true ? inner : { name, isGood: false };
}

/** `SVFOP_CURRENT_TIMESTAMP_N` is `current_timestamp`. */
function nameOfValueFunction(operation: string): string {
  return operation
    .replace(/^SVFOP_/, "")
    .replace(/_N$/, "")
    .toLowerCase();
}

function nameOfSubLink(node: SyntaxNode): FiguredName | undefined {
  switch (node.requiredText("subLinkType")) {
    case "EXISTS_SUBLINK":
      return good("exists");
    case "ARRAY_SUBLINK":
      return good("array");
    case "EXPR_SUBLINK": {
      const query = node.requiredChild("subselect").reopen();
      const [target] = query.kind === "SelectStmt" ? query.children("targetList") : [];
      const name = target?.text("name");
      if (name !== undefined) {
        return good(name);
      }
      const figured = target === undefined ? undefined : figureName(target.requiredChild("val"));
      return good(figured?.name ?? (target === undefined ? "column1" : "?column?"));
    }
    default:
      return undefined;
  }
}
