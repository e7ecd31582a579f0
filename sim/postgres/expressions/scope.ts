import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { Expression } from "./expression.ts";

/** The types of a statement's parameters, as they become known while it is compiled. */
export class ParameterTypes {
  readonly #types: (SqlType | undefined)[] = [];

  get count(): number {
    return this.#types.length;
  }

  /** The parameter's type so far: unknown until something gives it one. */
  typeOf(number: number): SqlType {
    while (this.#types.length < number) {
      this.#types.push(undefined);
    }
    return this.#types[number - 1] ?? UNKNOWN;
  }

  /** Gives a parameter of unknown type its type; 42P08 when it has another one by now. */
  settle(number: number, type: SqlType): void {
    const known = this.typeOf(number);
    if (known !== UNKNOWN && known !== type) {
      throw new PostgresError("42P08", `inconsistent types deduced for parameter $${number}`, {
        detail: `${known.name} versus ${type.name}`,
      });
    }
    this.#types[number - 1] = type;
  }

  /** All types, in order; 42P18 when nothing in the statement says what one of them is. */
  finish(): readonly SqlType[] {
    return this.#types.map((type, at) => {
      if (type !== undefined) {
        return type;
      }
      throw new PostgresError("42P18", `could not determine data type of parameter $${at + 1}`);
    });
  }
}

/** What the compiler of expressions asks of the query that an expression stands in. */
export interface Scope {
  readonly parameters: ParameterTypes;
  /**
   * The column `name` or `qualifier.name`: 42703, 42P01 or 42702 in Postgres's words when it is not
   * one column. `node` is the reference, for what has to be refused.
   */
  column(qualifier: string | undefined, name: string, node: SyntaxNode): Expression;
  /** A query inside the expression: EXISTS, IN, a scalar, ANY, ALL or ARRAY. */
  subLink(node: SyntaxNode): Expression;
  /** A function call, which may be an aggregate where the clause allows one. */
  call(node: SyntaxNode): Expression;
}
