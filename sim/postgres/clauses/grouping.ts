import { demandEquality } from "../expressions/demand-comparable.ts";
import type { Expression } from "../expressions/expression.ts";
import { functionKind, functionName } from "../expressions/function-call.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { findAggregate } from "./call-search.ts";
import type { TableReference } from "./from-clause.ts";
import type { QueryScope } from "./query-scope.ts";
import { bareNameOf, findTarget } from "./sort-clause.ts";
import { tableOf } from "./statement-context.ts";
import type { Target } from "./target-list.ts";

/** One key of a GROUP BY. */
export interface GroupKey {
  readonly expression: Expression;
  /** As it was written, or as the output column was that it names; undefined for one of a `*`. */
  readonly node: SyntaxNode | undefined;
}

/**
 * Compiles GROUP BY: a column of FROM, an output column's name, its number, or an expression,
 * looked for in that order.
 */
export function compileGroupClause(
  scope: QueryScope,
  nodes: readonly SyntaxNode[],
  targets: readonly Target[],
  compile: (node: SyntaxNode) => Expression,
): GroupKey[] {
  return nodes.map((node) => {
    if (node.kind === "GroupingSet") {
      node.refuse("GROUPING SETS, ROLLUP or CUBE");
    }
    const name = bareNameOf(node);
    const isColumn = name !== undefined && scope.findOwn(undefined, name, node) !== undefined;
    const at = isColumn ? undefined : findTarget(node, targets, "GROUP BY");
    const target = at === undefined ? undefined : targets[at];
    if (target !== undefined) {
      demandPlain(target.node);
      demandEquality(target.expression.type, node.writtenStart);
      return { expression: target.expression, node: target.node };
    }
    const written = node.reopen();
    const expression = compile(node);
    demandEquality(expression.type, written.writtenStart);
    return { node: written, expression };
  });
}

/** @throws PostgresError (42803, 42P20) when it calls an aggregate, or a function over a window */
function demandPlain(node: SyntaxNode | undefined): void {
  const call = node === undefined ? undefined : findAggregate(node);
  if (call === undefined) {
    return;
  }
  const isWindow = call.reopen().part("over") !== undefined;
  const [code, what] = isWindow ? ["42P20", "window"] : ["42803", "aggregate"];
  const message = `${what} functions are not allowed in GROUP BY`;
  throw new PostgresError(code, message).at(call.position);
}

/**
 * parseCheckAggregates: what a grouped query shows must be a key of GROUP BY, be computed from
 * keys and aggregates, or belong to a table whose whole primary key is among the keys.
 */
export class GroupedColumns {
  readonly #scope: QueryScope;
  readonly #texts = new Set<string>();
  readonly #columns = new Set<string>();
  readonly #computed = new Map<Expression, number>();

  constructor(scope: QueryScope, keys: readonly GroupKey[], tables: readonly TableReference[]) {
    this.#scope = scope;
    for (const { expression, node } of keys) {
      const column = this.#columnOf({ expression, node });
      if (column !== undefined) {
        this.#columns.add(column);
      } else if (node !== undefined) {
        this.#texts.add(this.#textOf(node));
      }
    }
    this.#addDependent(tables);
  }

  /** @throws PostgresError (42803) when the expression shows a column that is not grouped */
  check(target: { readonly expression: Expression; readonly node: SyntaxNode | undefined }): void {
    const column = this.#columnOf(target);
    if (column !== undefined) {
      this.#checkColumn(column, "", target.node?.position);
    } else if (target.node !== undefined) {
      this.#checkNode(target.node);
    }
  }

  #addDependent(tables: readonly TableReference[]): void {
    for (const { use, source } of tables) {
      const table = tableOf(use);
      const key = table.indexes.find(({ primary }) => primary)?.columns;
      if (key?.every((column) => this.#columns.has(nameOf({ source, column }))) !== true) {
        continue;
      }
      for (const column of table.columns.keys()) {
        this.#columns.add(nameOf({ source, column }));
      }
    }
  }

  #checkNode(node: SyntaxNode): void {
    if (this.#texts.size > 0 && this.#texts.has(this.#textOf(node))) {
      return;
    }
    if (node.kind === "ColumnRef") {
      const column = this.#nameOfReference(node);
      if (column !== undefined) {
        this.#checkColumn(column, "", node.position);
      }
      return;
    }
    if (node.kind === "FuncCall" && isAggregate(node)) {
      return;
    }
    if (node.kind === "SubLink") {
      for (const part of node.parts().filter(({ kind }) => kind !== "SelectStmt")) {
        this.#checkNode(part);
      }
      for (const { place, position } of this.#scope.innerUses.get(node.canonical()) ?? []) {
        this.#checkColumn(nameOf(place), "subquery uses ungrouped column", position);
      }
      return;
    }
    for (const part of node.parts()) {
      this.#checkNode(part);
    }
  }

  #checkColumn(column: string, inner: string, position: number | undefined): void {
    if (this.#columns.has(column)) {
      return;
    }
    const shown = `"${this.#shownName(column)}"`;
    const message =
      inner === ""
        ? `column ${shown} must appear in the GROUP BY clause or be used in an aggregate function`
        : `${inner} ${shown} from outer query`;
    throw new PostgresError("42803", message).at(position);
  }

  /** The name by which the query finds the column. */
  #shownName(wanted: string): string {
    for (const { alias, columns } of this.#scope.namespace) {
      for (const { name, expression } of columns) {
        if (alias !== null && this.#nameOfExpression(expression) === wanted) {
          return `${alias}.${name}`;
        }
      }
    }
    return "?";
  }

  /** The column that the expression is, if it is one. */
  #columnOf({
    expression,
    node,
  }: {
    readonly expression: Expression;
    readonly node: SyntaxNode | undefined;
  }): string | undefined {
    if (expression.column !== undefined) {
      return nameOf(expression.column);
    }
    if (node === undefined) {
      return this.#nameOfExpression(expression);
    }
    return node.kind === "ColumnRef" ? this.#nameOfReference(node) : undefined;
  }

  #nameOfReference(node: SyntaxNode): string | undefined {
    const names = node.reopen().children("fields");
    if (!names.every(({ kind }) => kind === "String")) {
      return undefined;
    }
    const [first, second] = names.map((part) => part.stringValue());
    if (first === undefined) {
      return undefined;
    }
    const found =
      second === undefined
        ? this.#scope.findOwn(undefined, first, node)
        : this.#scope.findOwn(first, second, node);
    return found === undefined ? undefined : this.#nameOfExpression(found);
  }

  /** A column's place; what a sub-select computes goes by a number of its own. */
  #nameOfExpression(expression: Expression): string {
    if (expression.column !== undefined) {
      return nameOf(expression.column);
    }
    const known = this.#computed.get(expression) ?? this.#computed.size;
    this.#computed.set(expression, known);
    return `computed ${known}`;
  }

  /** The expression as a text in which each column goes by its place, whatever it is called. */
  #textOf(node: SyntaxNode): string {
    return node.canonical((column) => this.#nameOfReference(column));
  }
}

/** Over a window an aggregate sees grouped rows, so its arguments must be grouped, too. */
function isAggregate(call: SyntaxNode): boolean {
  return (
    functionKind(functionName(call.reopen())) === "aggregate" &&
    call.reopen().part("over") === undefined
  );
}

function nameOf({ source, column }: { readonly source: number; readonly column: number }): string {
  return `${source}.${column}`;
}
