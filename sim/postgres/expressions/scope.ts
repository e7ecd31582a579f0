import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { FindType } from "../types/type-name.ts";
import type { Expression } from "./expression.ts";
import type { OpenParameter } from "./open-parameter.ts";

/**
 * The types of a statement's parameters, as they become known while it is compiled: parse_param.c,
 * for variable parameters.
 */
export class ParameterTypes {
  readonly #types: (SqlType | undefined)[] = [];
  readonly #open: OpenParameter[] = [];

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

  /** Notes that the parameter stands where its type is not known yet. */
  leaveOpen(number: number, position: number | undefined): OpenParameter {
    const open = { number, position, isSettled: false };
    this.#open.push(open);
    return open;
  }

  /** Gives a parameter of unknown type its type; 42P08 when it has another one by now. */
  settle(open: OpenParameter, type: SqlType): void {
    const { number, position } = open;
    const known = this.typeOf(number);
    if (known !== UNKNOWN && known !== type) {
      throw new PostgresError("42P08", `inconsistent types deduced for parameter $${number}`, {
        detail: `${known.name} versus ${type.name}`,
      }).at(position);
    }
    this.#types[number - 1] = type;
    open.isSettled = true;
  }

  /**
   * All types, in order. @throws PostgresError 42P08 for a parameter that got its type elsewhere
   * only, 42P18 when nothing in the statement says what it is
   */
  finish(): readonly SqlType[] {
    for (const { number, position, isSettled } of this.#open) {
      if (!isSettled && this.typeOf(number) !== UNKNOWN) {
        throw undetermined("42P08", number).at(position);
      }
    }
    return this.#types.map((type, at) => {
      if (type !== undefined) {
        return type;
      }
      throw undetermined("42P18", at + 1);
    });
  }
}

function undetermined(code: string, number: number): PostgresError {
  return new PostgresError(code, `could not determine data type of parameter $${number}`);
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
  /** A call of an aggregate, a window function or a function that gives a set of rows. */
  call(node: SyntaxNode): Expression;
  /** The types that the database has beside PostgreSQL's own; absent where there are none. */
  readonly findType?: FindType;
}
