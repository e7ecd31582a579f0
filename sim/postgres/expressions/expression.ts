import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { Fold } from "./fold.ts";
import type { Frame } from "./frame.ts";
import type { OpenParameter } from "./open-parameter.ts";

/** Computes a value. @throws PostgresError where Postgres reports one (overflow, bad text) */
export type Evaluate = (frame: Frame) => Datum;

/** A column by the place of its table in the query and its own place in the table. */
export interface ColumnPlace {
  readonly source: number;
  readonly column: number;
}

/** "This column equals that", as an index can use it: one value, or any of a list. */
export interface ColumnMatch {
  readonly place: ColumnPlace;
  readonly kind: "one" | "any";
  readonly value: Evaluate;
  /** By which the two are compared. */
  readonly type: SqlType;
  /** The tables that the value depends on, as bits. */
  readonly sources: number;
}

/** A compiled expression with what is known about it at compile time. */
export interface Expression {
  readonly type: SqlType;
  /** Of the value, where it is known, as a column has it; -1 when absent. */
  readonly typmod?: number;
  readonly evaluate: Evaluate;
  /** The tables whose rows it reads, as bits. */
  readonly sources: number;
  readonly column?: ColumnPlace;
  readonly matches?: readonly ColumnMatch[];
  /**
   * Of type unknown only: the text of the literal (null for NULL), or the parameter.
   */
  readonly literal?: string | null;
  readonly parameter?: OpenParameter;
  /** True where the value is the same for every row and every run. */
  readonly isConstant?: boolean;
  /** True where it depends on parameters, and on nothing that is known only while it runs. */
  readonly isFixed?: boolean;
  /** True where its value depends on more than its parts: on settings, the clock or tables. */
  readonly isMutable?: boolean;
  /** What planning does to it; absent where that can neither fail nor has a query to plan. */
  readonly fold?: Fold;
  /** The parts of a row: ROW(a, b). */
  readonly fields?: readonly Expression[];
  /** The same for who asks only whether it is true: it stops at the first part that is not. */
  readonly asFilter?: Evaluate;
  /** Of an AND, the conditions that it joins. */
  readonly conjuncts?: readonly Expression[];
  /** Where it stands in the text; absent for what was not written. */
  readonly node?: SyntaxNode;
}

/** An expression that does not depend on rows. */
export function constant(type: SqlType, value: Datum): Expression {
  return { type, evaluate: () => value, sources: 0, isConstant: true };
}

/** The tables whose rows any of these reads. */
export function sourcesOf(expressions: readonly Expression[]): number {
  return expressions.reduce((all, one) => all | one.sources, 0);
}
