import { toClientValue, type ClientValue } from "../types/sql-type.ts";
import type { RowValues } from "./row.ts";
import type { Table } from "./table.ts";

/** A row as the client would get it, keyed by column name. */
export type ClientRow = Readonly<Record<string, ClientValue>>;

/** One change of one row: `before` is null for an insert, `after` for a delete. */
export interface CommittedChange {
  readonly table: string;
  readonly before: ClientRow | null;
  readonly after: ClientRow | null;
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
      before: describeRow(table, before),
      after: describeRow(table, after),
    })),
  };
}

function describeRow(table: Table, row: RowValues | null): ClientRow | null {
  if (row === null) {
    return null;
  }
  const described: Record<string, ClientValue> = {};
  let at = 0;
  for (const { name, type } of table.columns) {
    described[name] = toClientValue(type, row[at] ?? null);
    at += 1;
  }
  return described;
}
