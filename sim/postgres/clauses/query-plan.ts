import type { PlanStep } from "../expressions/fold.ts";
import type { CountingStream, RowStream } from "../operators/operator.ts";
import type { WaitPolicy } from "../rows/row-locking.ts";
import type { RowLockMode } from "../storage/row.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Field } from "../types/field.ts";
import type { SqlType } from "../types/sql-type.ts";
import type { Site } from "./statement-context.ts";

/** INSERT, UPDATE or DELETE, compiled: gives the rows of RETURNING. */
export interface ChangePlan {
  readonly tag: "INSERT 0" | "UPDATE" | "DELETE";
  readonly columns: readonly Field[];
  readonly build: (site: Site) => CountingStream;
  /** What is planned before each run; null where there is nothing that could fail. */
  readonly planning: PlanStep | null;
}

/** How FOR UPDATE and its kin lock a row. */
export interface Locking {
  readonly mode: RowLockMode;
  readonly policy: WaitPolicy;
}

/**
 * A query compiled: a SELECT, VALUES, or a set operation over such. It depends on nothing but the
 * text and the shapes of the tables, so that every engine of the process can build it.
 */
export interface QueryPlan {
  readonly columns: readonly Field[];
  /** What it uses of the query around it, as bits of that query's sources. */
  readonly uses: number;
  /**
   * Coerces a column, which is of unknown type or of one with an implicit cast, to the type that
   * the query around it asks for. To be called before the first `build`. `construct` is the word of
   * a set operation for the error (42846).
   */
  coerceColumn(at: number, type: SqlType, construct?: string): void;
  /** The place in the text that a column comes from, as exprLocation has it. */
  positionOf(at: number): number | undefined;
  /**
   * remove_unused_subquery_outputs: says which columns the query around it uses. What nobody uses
   * is not computed, so that it raises no error either.
   */
  keepColumns(isUsed: readonly boolean[]): void;
  /** Locks the rows of its tables: FOR UPDATE of a query around it that names it. */
  lock(locking: Locking, node: SyntaxNode): void;
  /**
   * What is planned before each run; null where there is nothing that could fail. To be asked for
   * when all of the statement is compiled that could change this query.
   */
  planning(): PlanStep | null;
  /** Makes the operators. `site.outer` is the frame of the query around it. */
  build(site: Site): RowStream;
}
