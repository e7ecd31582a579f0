import type { Expression } from "../expressions/expression.ts";
import type { Field } from "../types/field.ts";

interface CteReader {
  readonly used: ReadonlySet<Expression>;
  readonly columns: readonly { readonly expression: Expression }[];
}

/** A query of WITH as the queries that name it see it. */
export interface Cte {
  readonly name: string;
  /** Null while a recursive query's first term is compiled, and of a change without RETURNING. */
  columns: readonly Field[] | null;
  /** True while the recursive term is compiled: it reads the rows of the last round. */
  recursing: boolean;
  /** What it depends on around it, as bits of the sources of the query that WITH stands in. */
  around: number;
  /** Who reads it: its columns there, and which columns are used there. */
  readonly readers: CteReader[];
  /** How deep that query lies in others. */
  readonly level: number;
}

/** The WITH queries that a query may name: its own, and those of the queries around it. */
export class CteNamespace {
  readonly #ctes = new Map<string, Cte>();
  readonly #outer: CteNamespace | null;

  constructor(outer: CteNamespace | null) {
    this.#outer = outer;
  }

  add(cte: Cte): void {
    this.#ctes.set(cte.name, cte);
  }

  has(name: string): boolean {
    return this.#ctes.has(name);
  }

  find(name: string): Cte | undefined {
    return this.#ctes.get(name) ?? this.#outer?.find(name);
  }
}
