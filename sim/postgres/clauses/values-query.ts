import { coerceToCommon, commonTypeOf } from "../expressions/common-type.ts";
import { compileExpression } from "../expressions/compile-expression.ts";
import { constant, type Expression } from "../expressions/expression.ts";
import type { PlanStep } from "../expressions/fold.ts";
import { foldAll } from "../expressions/folding.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { RowStream } from "../operators/operator.ts";
import { ValueRows } from "../operators/value-rows.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { UNKNOWN } from "../types/builtin-types.ts";
import type { Field } from "../types/field.ts";
import type { SqlType } from "../types/sql-type.ts";
import { isVolatile } from "./call-search.ts";
import type { QueryPlan } from "./query-plan.ts";
import { buildFrame, type InnerQueries, QueryScope } from "./query-scope.ts";
import type { Site } from "./statement-context.ts";

/** Compiles `VALUES (...), (...)`, as a query inside the given scope. */
export function compileValuesQuery(outer: QueryScope, node: SyntaxNode): ValuesQuery {
  const scope = new QueryScope(outer.context, outer, outer.compilers);
  node.only("op", "SETOP_NONE");
  const rows = scope.within("VALUES", null, () =>
    readValuesLists(
      node,
      (item) => compileExpression(scope, item),
      (items) => items,
    ),
  );
  return new ValuesQuery(scope, rows);
}

/**
 * The lists of a VALUES, each item compiled, and each list before the next; 42601 when they are not
 * of one length.
 */
export function readValuesLists<Item, Row>(
  node: SyntaxNode,
  compile: (item: SyntaxNode) => Item,
  toRow: (items: Item[]) => Row,
): Row[] {
  let length: number | undefined;
  return node.children("valuesLists").map((list) => {
    const items = list.children("items").map(compile);
    list.end();
    length ??= items.length;
    if (items.length !== length) {
      const message = "VALUES lists must all be the same length";
      throw new PostgresError("42601", message).at(list.start);
    }
    return toRow(items);
  });
}

/** A VALUES list, compiled. */
class ValuesQuery implements QueryPlan {
  readonly uses: number;
  readonly #scope: QueryScope;
  readonly #subQueries: InnerQueries;
  readonly #rows: Expression[][];
  readonly #types: SqlType[];

  constructor(scope: QueryScope, rows: Expression[][]) {
    this.#scope = scope;
    this.#subQueries = scope.subQueries;
    this.#rows = rows;
    this.uses = scope.outerUses;
    const [first = []] = rows;
    this.#types = first.map((_, at) => {
      const values = rows.flatMap((row) => row[at] ?? []);
      return values.every(({ type }) => type === UNKNOWN)
        ? UNKNOWN
        : commonTypeOf(values, "VALUES");
    });
    for (const [at, type] of this.#types.entries()) {
      if (type !== UNKNOWN) {
        this.coerceColumn(at, type);
      }
    }
  }

  get columns(): readonly Field[] {
    return this.#types.map((type, at) => ({ name: `column${at + 1}`, type, typmod: -1 }));
  }

  coerceColumn(at: number, type: SqlType): void {
    this.#types[at] = type;
    for (const row of this.#rows) {
      const value = row[at];
      if (value !== undefined) {
        row[at] = coerceToCommon(this.#scope, value, type, "VALUES");
      }
    }
  }

  /** Its columns are those of the list, which is at no place. */
  positionOf(): undefined {
    return undefined;
  }

  /** A list of one row becomes part of the query around it: what that does not use is left out. */
  keepColumns(isUsed: readonly boolean[]): void {
    const [row, second] = this.#rows;
    if (row === undefined || second !== undefined) {
      return;
    }
    if (row.some(({ node }) => node !== undefined && isVolatile(node))) {
      return;
    }
    for (const [at, { type }] of row.entries()) {
      if (isUsed[at] === false) {
        row[at] = constant(type, null);
      }
    }
  }

  lock(): void {
    throw new PostgresError("0A000", "FOR UPDATE cannot be applied to VALUES");
  }

  planning(): PlanStep | null {
    return foldAll(this.#rows.flat());
  }

  build(site: Site): RowStream {
    const frame = buildFrame(site, 0, this.#subQueries);
    const rows = this.#rows.map((row) => row.map(({ evaluate }) => evaluate));
    return new ValueRows(frame, rows);
  }
}
