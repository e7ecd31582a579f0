import { coerceForColumn } from "../expressions/coercion.ts";
import { constant, type Evaluate, type Expression } from "../expressions/expression.ts";
import type { Fold } from "../expressions/fold.ts";
import type { Scope } from "../expressions/scope.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { BoundAssignment } from "../operators/modify-rows.ts";
import type { Column, Table } from "../storage/table.ts";
import { int8 } from "../types/whole.ts";

/**
 * How one column of a row gets its value: null stands for its default, which is the table's to
 * know.
 */
export interface ColumnAssignment {
  readonly column: number;
  readonly evaluate: Evaluate | null;
  readonly fold?: Fold | undefined;
}

/** A written value, or null for the word DEFAULT. */
export type WrittenValue = Expression | null;

/** What is written to a column, with its place in the text. */
export interface WrittenItem {
  readonly value: WrittenValue;
  readonly position: number | undefined;
}

/** The column of that name; 42703 in the words for INSERT and UPDATE targets. */
export function demandColumn(table: Table, name: string, position: number | undefined): number {
  const column = table.columnAt(name);
  if (column >= 0) {
    return column;
  }
  const message = `column "${name}" of relation "${table.name}" does not exist`;
  throw new PostgresError("42703", message).at(position);
}

/**
 * Assigns a written value to a column, coerced to its type; 428C9 for an identity column and for a
 * generated one, which only DEFAULT may set.
 */
export function assign(
  scope: Scope,
  table: Table,
  at: number,
  { value, position }: WrittenItem,
  verb: "insert" | "update",
): ColumnAssignment {
  const column = table.columns[at];
  if (column === undefined) {
    throw new Error(`table ${table.name} has no column ${at}`);
  }
  if (value === null) {
    return { column: at, evaluate: null };
  }
  if (column.identity?.always === true) {
    throw identityError(column, verb);
  }
  if (column.generated !== null) {
    throw generatedError(column, verb);
  }
  const { evaluate, fold } = coerceForColumn(scope, value, column, position);
  return { column: at, evaluate, fold };
}

/** The same assignments with the defaults of this table. */
export function bindAssignments(
  assignments: readonly ColumnAssignment[],
  table: Table,
): readonly BoundAssignment[] {
  return assignments.map(({ column, evaluate }) => ({
    column,
    evaluate: evaluate ?? defaultOf(table, column),
  }));
}

function defaultOf(table: Table, at: number): Evaluate {
  const column = table.columns[at];
  if (column === undefined) {
    throw new Error(`table ${table.name} has no column ${at}`);
  }
  const { identity } = column;
  if (identity !== null) {
    return ({ execution }) => int8(execution.drawFrom(identity.sequence));
  }
  return column.default?.compute ?? constant(column.type, null).evaluate;
}

function generatedError({ name }: Column, verb: "insert" | "update"): PostgresError {
  const message =
    verb === "update"
      ? `column "${name}" can only be updated to DEFAULT`
      : `cannot insert a non-DEFAULT value into column "${name}"`;
  return new PostgresError("428C9", message, { detail: `Column "${name}" is a generated column.` });
}

function identityError(column: Column, verb: "insert" | "update"): PostgresError {
  const detail = `Column "${column.name}" is an identity column defined as GENERATED ALWAYS.`;
  if (verb === "update") {
    const message = `column "${column.name}" can only be updated to DEFAULT`;
    return new PostgresError("428C9", message, { detail });
  }
  const message = `cannot insert a non-DEFAULT value into column "${column.name}"`;
  const hint = "Use OVERRIDING SYSTEM VALUE to override.";
  return new PostgresError("428C9", message, { detail, hint });
}
