import type { Expression } from "../expressions/expression.ts";
import { ParameterTypes, type Scope } from "../expressions/scope.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Table } from "../storage/table.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { FindType } from "../types/type-name.ts";
import { columnAt } from "./query-scope.ts";

/** What an expression of a table's definition is, in PostgreSQL's words. */
export type DefinitionKind =
  | "check constraint"
  | "index predicate"
  | "index expression"
  | "DEFAULT expression"
  | "column generation expression";

/**
 * The names that an expression of a table's definition may use: the columns of its own row, or none
 * at all.
 */
export class DefinitionScope implements Scope {
  readonly parameters = new ParameterTypes();
  /** The places of the columns that were used, each once. */
  readonly used = new Set<number>();
  readonly findType: FindType;
  readonly #table: Table | null;
  readonly #kind: DefinitionKind;

  /** `table` is null where no column may be named, as in DEFAULT. */
  constructor(table: Table | null, find: FindType, kind: DefinitionKind) {
    this.findType = find;
    this.#table = table;
    this.#kind = kind;
  }

  column(qualifier: string | undefined, name: string, node: SyntaxNode): Expression {
    const table = this.#table;
    if (table === null) {
      throw new PostgresError("0A000", "cannot use column reference in DEFAULT expression");
    }
    if (qualifier !== undefined && qualifier !== table.name) {
      throw new PostgresError("42P01", `missing FROM-clause entry for table "${qualifier}"`);
    }
    const place = table.columnAt(name);
    const column = table.columns[place];
    if (column === undefined) {
      if (name === table.name && qualifier === undefined) {
        node.refuse(`a reference to a whole row of ${name}`);
      }
      const shown = qualifier === undefined ? `"${name}"` : `${qualifier}.${name}`;
      throw new PostgresError("42703", `column ${shown} does not exist`);
    }
    if (column.generated !== null && this.#kind === "column generation expression") {
      const message = `cannot use generated column "${name}" in column generation expression`;
      const detail = "A generated column cannot reference another generated column.";
      throw new PostgresError("42P17", message, { detail });
    }
    this.used.add(place);
    return columnAt(0, place, column);
  }

  subLink(): Expression {
    throw new PostgresError("0A000", `cannot use subquery in ${this.#kind}`);
  }

  call(node: SyntaxNode): Expression {
    return node.refuse(`function ${node.names("funcname").join(".")}`);
  }
}
