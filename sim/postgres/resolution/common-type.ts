import { PostgresError } from "../ground/postgres-error.ts";
import { TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";

/** How `commonType` asks whether one type becomes another by itself. */
export type CanBecome = (from: SqlType, to: SqlType) => boolean;

/**
 * select_common_type: the type that all of these can be turned into; undefined where two are of
 * different categories. Only unknown ones make text.
 */
export function commonType(types: readonly SqlType[], canBecome: CanBecome): SqlType | undefined {
  let [common = UNKNOWN] = types;
  if (common !== UNKNOWN && types.every((type) => type === common)) {
    return common;
  }
  for (const type of types.slice(1)) {
    if (type === UNKNOWN || type === common) {
      continue;
    }
    if (common === UNKNOWN) {
      common = type;
    } else if (type.category !== common.category) {
      return undefined;
    } else if (!common.preferred && canBecome(common, type) && !canBecome(type, common)) {
      common = type;
    }
  }
  return common === UNKNOWN ? TEXT : common;
}

/** 42804 in the words for a construct whose parts have no common type. */
export function mismatched(
  types: readonly SqlType[],
  construct: string,
  canBecome: CanBecome,
): { readonly error: PostgresError; readonly at: number } {
  for (let at = 1; at < types.length; at += 1) {
    const before = commonType(types.slice(0, at), canBecome);
    const known = types.slice(0, at).every((type) => type === UNKNOWN) ? undefined : before;
    const type = types[at];
    if (
      known !== undefined &&
      type !== undefined &&
      type !== UNKNOWN &&
      type.category !== known.category
    ) {
      const message = `${construct} types ${known.name} and ${type.name} cannot be matched`;
      return { error: new PostgresError("42804", message), at };
    }
  }
  throw new Error("the types have a common one");
}
