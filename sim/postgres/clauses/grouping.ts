import type { ColumnPlace, Expression } from "../expressions/expression.ts";
import { functionKind, functionName } from "../expressions/function-call.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { demandEquality } from "./demand-comparable.ts";
import type { TableReference } from "./from-clause.ts";
import type { InnerUse, QueryScope } from "./query-scope.ts";
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
      demandEquality(target.expression.type, node.start);
      return { expression: target.expression, node: target.node };
    }
    const written = node.reopen();
    const expression = compile(node);
    demandEquality(expression.type, written.start);
    return { node: written, expression };
  });
}

/**
 * parseCheckAggregates: what a grouped query shows must be a key of GROUP BY, be computed from
 * keys and aggregates, or belong to a table whose whole primary key is among the keys.
 */
export class GroupedColumns {
  readonly #scope: QueryScope;
  readonly #texts = new Set<string>();
  readonly #columns = new Set<string>();

  constructor(scope: QueryScope, keys: readonly GroupKey[], tables: readonly TableReference[]) {
    this.#scope = scope;
    for (const { expression, node } of keys) {
      if (expression.column !== undefined) {
        this.#columns.add(nameOf(expression.column));
      } else if (node !== undefined) {
        this.#texts.add(this.#textOf(node));
      }
    }
    this.#addDependent(tables);
  }

  /** @throws PostgresError (42803) when the expression shows a column that is not grouped */
  check(target: { readonly expression: Expression; readonly node: SyntaxNode | undefined }): void {
    const { expression, node } = target;
    if (expression.column !== undefined) {
      this.#checkColumn(expression.column, "", node?.position);
    } else if (node !== undefined) {
      this.#checkNode(node);
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
      const place = this.#placeOf(node);
      if (place !== undefined) {
        this.#checkColumn(place, "", node.position);
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
      return;
    }
    for (const part of node.parts()) {
      this.#checkNode(part);
    }
  }

  /** A column that a query inside the expressions of this one uses. */
  checkInner({ place, position }: InnerUse): void {
    this.#checkColumn(place, "subquery uses ungrouped column", position);
  }

  #checkColumn(place: ColumnPlace, inner: string, position: number | undefined): void {
    if (this.#columns.has(nameOf(place))) {
      return;
    }
    const column = `"${this.#shownName(place)}"`;
    const message =
      inner === ""
        ? `column ${column} must appear in the GROUP BY clause or be used in an aggregate function`
        : `${inner} ${column} from outer query`;
    throw new PostgresError("42803", message).at(position);
  }

  /** The name by which the query finds the column. */
  #shownName({ source, column }: ColumnPlace): string {
    for (const { alias, columns } of this.#scope.namespace) {
      for (const { name, expression } of columns) {
        const place = expression.column;
        if (alias !== null && place?.source === source && place.column === column) {
          return `${alias}.${name}`;
        }
      }
    }
    return "?";
  }

  #placeOf(node: SyntaxNode): Expression["column"] {
    const names = node.reopen().children("fields");
    if (!names.every(({ kind }) => kind === "String")) {
      return undefined;
    }
    const [first, second] = names.map((part) => part.stringValue());
    if (first === undefined) {
      return undefined;
    }
    return second === undefined
      ? this.#scope.findOwn(undefined, first, node)?.column
      : this.#scope.findOwn(first, second, node)?.column;
  }

  /** The expression as a text in which each column goes by its place, whatever it is called. */
  #textOf(node: SyntaxNode): string {
    return node.canonical((column) => {
      const place = this.#placeOf(column);
      return place === undefined ? undefined : nameOf(place);
    });
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
