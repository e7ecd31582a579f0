import { types } from "pg";
import type { RowValues } from "../storage/row.ts";
import { BOOLEAN, INTEGER, TEXT } from "../types/builtin-types.ts";
import type { Value } from "../types/datum.ts";
import type { Field } from "../types/field.ts";
import type { SqlType } from "../types/sql-type.ts";

/** A row as the `pg` client would give it, keyed by column name. */
export type ClientRow = Readonly<Record<string, unknown>>;

type Convert = (value: Value) => unknown;

const converters = new WeakMap<SqlType, Convert>();

/** A row as the `pg` client shows it by default; of two columns of one name the later one stays. */
export function clientRow(fields: readonly Field[], row: RowValues): ClientRow {
  const shown: Record<string, unknown> = {};
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at];
    const value = row[at] ?? null;
    if (field !== undefined) {
      shown[field.name] = value === null ? null : converterOf(field.type)(value);
    }
  }
  return shown;
}

/** The rows of a result as the `pg` client shows them by default. */
export function clientRows(result: {
  readonly fields: readonly Field[];
  readonly rows: readonly RowValues[];
}): readonly ClientRow[] {
  return result.rows.map((row) => clientRow(result.fields, row));
}

function converterOf(type: SqlType): Convert {
  let convert = converters.get(type);
  if (convert === undefined) {
    convert = createConverter(type);
    converters.set(type, convert);
  }
  return convert;
}

function textParser(oid: number): (text: string) => unknown {
  return types.getTypeParser(oid, "text") as (text: string) => unknown;
}

/** What `pg` reads from the text of a value; these three need no way through it. */
function createConverter(type: SqlType): Convert {
  if (type === TEXT || type === INTEGER || type === BOOLEAN) {
    return (value) => value;
  }
  return (value) => textParser(type.oid)(type.output(value));
}
