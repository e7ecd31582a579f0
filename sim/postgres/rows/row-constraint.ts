import { PostgresError } from "../ground/postgres-error.ts";
import type { Steps } from "../locks/lock-manager.ts";
import { compareKeys, type IndexKey } from "../storage/ordered-index.ts";
import type { RowValues } from "../storage/row.ts";
import {
  type RowVersion,
  haveSameKey,
  indexKeyOf,
  type Table,
  type TableIndex,
} from "../storage/table.ts";
import { formatSqlText, type Datum } from "../types/sql-type.ts";
import type { Execution } from "./execution.ts";
import { awaitTransaction } from "./row-lock.ts";

const SHOWN_BYTES_MAX = 64;

/**
 * NOT NULL in column order, then CHECK in the order of names, as ExecConstraints does: 23502,
 * 23514.
 */
export function checkRow(table: Table, row: RowValues): void {
  for (let at = 0; at < table.columns.length; at += 1) {
    const column = table.columns[at];
    if (column?.notNull !== true || (row[at] ?? null) !== null) {
      continue;
    }
    const message = `null value in column "${column.name}" of relation "${table.name}" violates not-null constraint`;
    throw violation("23502", message, table, { column: column.name, detail: failingRow(row) });
  }
  for (const check of table.checks) {
    if (check.evaluate(row) !== false) {
      continue;
    }
    const message = `new row for relation "${table.name}" violates check constraint "${check.name}"`;
    throw violation("23514", message, table, { constraint: check.name, detail: failingRow(row) });
  }
}

/**
 * Puts a new version of a row into the indexes that do not have it yet; `previous` is the version
 * it replaces. A unique index is searched first, waiting for whoever is inserting or deleting the
 * same key: 23505. Null when all is done at once, as it mostly is; otherwise the steps that are
 * left, to be run by the caller.
 */
export function addIndexEntries(
  execution: Execution,
  version: RowVersion,
  previous: RowVersion | null,
): Steps<void> | null {
  const indexes = version.row.table.writtenIndexes;
  for (let at = 0; at < indexes.length; at += 1) {
    const index = indexes[at];
    if (index === undefined) {
      break;
    }
    if (previous !== null && haveSameKey(index, previous.values, version.values)) {
      continue;
    }
    const key = indexKeyOf(index, version.values);
    if (key === undefined) {
      continue;
    }
    if (index.unique && !isFree(execution, index, key, version)) {
      return addRemainingEntries(execution, version, previous, indexes.slice(at));
    }
    index.entries.insert({ key, row: version.row });
  }
  return null;
}

function* addRemainingEntries(
  execution: Execution,
  version: RowVersion,
  previous: RowVersion | null,
  indexes: readonly TableIndex[],
): Steps<void> {
  const { table } = version.row;
  for (const index of indexes) {
    if (previous !== null && haveSameKey(index, previous.values, version.values)) {
      continue;
    }
    const key = indexKeyOf(index, version.values);
    if (key === undefined) {
      continue;
    }
    if (index.unique && !key.includes(null)) {
      const conflict = yield* findConflict(execution, index, key, version);
      if (conflict !== null) {
        throw duplicateKey(table, index, key);
      }
    }
    index.entries.insert({ key, row: version.row });
  }
}

/**
 * True when nobody has, or is about to have, a row with this key: `findConflict` would find nothing
 * at once.
 */
export function isFree(
  execution: Execution,
  index: TableIndex,
  key: IndexKey,
  self: RowVersion | null,
): boolean {
  return key.includes(null) || searchKey(execution, index, key, self) === null;
}

/**
 * _bt_check_unique: the live version with the key, after waiting for every transaction that has a
 * say in it.
 */
export function* findConflict(
  execution: Execution,
  index: TableIndex,
  key: IndexKey,
  self: RowVersion | null,
): Steps<RowVersion | null> {
  for (;;) {
    const found = searchKey(execution, index, key, self);
    if (found === null || found.kind === "live") {
      return found?.version ?? null;
    }
    yield* awaitTransaction(execution, found.transaction);
  }
}

/** `Key (a, b)=(1, 2)`, the beginning of Postgres's details about keys. */
export function describeKey(
  table: Table,
  columns: readonly number[],
  values: readonly Datum[],
): string {
  const names = columns.map((column) => table.columns[column]?.name ?? "?").join(", ");
  const shown = values.map((value) => (value === null ? "null" : formatSqlText(value))).join(", ");
  return `Key (${names})=(${shown})`;
}

function searchKey(
  execution: Execution,
  index: TableIndex,
  key: IndexKey,
  self: RowVersion | null,
) {
  for (const { row } of index.entries.lookUp(key)) {
    for (const version of row.versions) {
      const creator = version.createdBy;
      if (version === self || creator.status === "aborted") {
        continue;
      }
      const own = indexKeyOf(index, version.values);
      if (own === undefined || compareKeys(own, key) !== 0) {
        continue;
      }
      if (creator.status === "active" && creator !== execution.transaction) {
        return { kind: "pending", transaction: creator } as const;
      }
      const ender = version.liveEnder;
      if (ender === null) {
        return { kind: "live", version } as const;
      }
      if (ender.status === "committed" || ender === execution.transaction) {
        continue;
      }
      return { kind: "pending", transaction: ender } as const;
    }
  }
  return null;
}

function duplicateKey(table: Table, index: TableIndex, key: IndexKey): PostgresError {
  const message = `duplicate key value violates unique constraint "${index.name}"`;
  const detail = `${describeKey(table, index.columns, key)} already exists.`;
  return violation("23505", message, table, { constraint: index.name, detail });
}

function violation(
  code: string,
  message: string,
  table: Table,
  parts: { readonly detail: string; readonly column?: string; readonly constraint?: string },
): PostgresError {
  return new PostgresError(code, message, { schema: "public", table: table.name, ...parts });
}

function failingRow(row: RowValues): string {
  const shown = row.map((value) => (value === null ? "null" : clip(formatSqlText(value))));
  return `Failing row contains (${shown.join(", ")}).`;
}

/** Postgres clips by bytes, at the boundary of a character. */
function clip(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= SHOWN_BYTES_MAX) {
    return text;
  }
  let end = SHOWN_BYTES_MAX;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return `${new TextDecoder().decode(bytes.subarray(0, end))}...`;
}
