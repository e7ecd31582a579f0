import type { Field } from "../types/field.ts";
import type { RowValues } from "./row.ts";
import type { Table } from "./table.ts";

/** One change of one row: `before` is null for an insert, `after` for a delete. */
export interface CommittedChange {
  readonly table: string;
  /** What the values of the rows are, by position. */
  readonly columns: readonly Field[];
  readonly before: RowValues | null;
  readonly after: RowValues | null;
}

/**
 * What one transaction changed, in the order in which it did; a row changed twice is there twice.
 */
export interface Commit {
  /** Of the session that committed. */
  readonly applicationName: string;
  readonly changes: readonly CommittedChange[];
}

/** A change as the engine notes it until the transaction ends. */
export interface NotedChange {
  readonly table: Table;
  readonly before: RowValues | null;
  readonly after: RowValues | null;
}

/** The commit as its observers get it. */
export function commitOf(applicationName: string, changes: readonly NotedChange[]): Commit {
  return {
    applicationName,
    changes: changes.map(({ table, before, after }) => ({
      table: table.name,
      columns: table.liveColumns,
      before: withoutDropped(table, before),
      after: withoutDropped(table, after),
    })),
  };
}

function withoutDropped({ columns, liveColumns }: Table, row: RowValues | null): RowValues | null {
  if (row === null || liveColumns.length === columns.length) {
    return row;
  }
  return row.filter((_, at) => columns[at]?.dropped !== true);
}
