import type { Evaluate } from "../expressions/expression.ts";
import type { Frame } from "../expressions/frame.ts";
import type { RowValues } from "../storage/row.ts";
import type { HashKey } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";

/** A value to be hashed, and the type by which it is. */
export interface TypedValue {
  readonly evaluate: Evaluate;
  readonly type: SqlType;
}

/**
 * The values as one key of a Map, which equal values share; null when one of them is null, which
 * equals nothing.
 */
export function hashKeyOf(values: readonly TypedValue[], frame: Frame): HashKey | null {
  const [first] = values;
  if (values.length === 1 && first !== undefined) {
    const value = first.evaluate(frame);
    return value === null ? null : first.type.hashKey(value);
  }
  let key = "";
  for (const { evaluate, type } of values) {
    const value = evaluate(frame);
    if (value === null) {
      return null;
    }
    key += partOf(type.hashKey(value));
  }
  return key;
}

/** The values as one key, which rows share that are not distinct: here null is like null. */
export function groupKeyOf(types: readonly SqlType[], values: RowValues): HashKey | null {
  const [first] = types;
  if (types.length === 1 && first !== undefined) {
    const value = values[0] ?? null;
    return value === null ? null : first.hashKey(value);
  }
  let key = "";
  for (let at = 0; at < types.length; at += 1) {
    const value = values[at] ?? null;
    const type = types[at];
    key += value === null || type === undefined ? "~" : partOf(type.hashKey(value));
  }
  return key;
}

function partOf(key: HashKey): string {
  return typeof key === "string" ? `${key.length}:${key}` : `${String(key)};`;
}
