import { PostgresError } from "../ground/postgres-error.ts";
import { arrayOver, demandType, TEXT, UNKNOWN } from "../types/builtin-types.ts";
import type { SqlType } from "../types/sql-type.ts";
import { commonType } from "./common-type.ts";

const ANYELEMENT = demandType("anyelement");
const ANYARRAY = demandType("anyarray");
const ANYNONARRAY = demandType("anynonarray");
const ANYENUM = demandType("anyenum");
const ANYCOMPATIBLE = demandType("anycompatible");
const ANYCOMPATIBLEARRAY = demandType("anycompatiblearray");
const ANYCOMPATIBLENONARRAY = demandType("anycompatiblenonarray");
const OTHERS = ["anyrange", "anymultirange", "anycompatiblerange", "anycompatiblemultirange"].map(
  demandType,
);

const ELEMENT_FAMILY = [ANYELEMENT, ANYNONARRAY, ANYENUM];
const COMPATIBLE_FAMILY = [ANYCOMPATIBLE, ANYCOMPATIBLENONARRAY];
const ALL = new Set([
  ...ELEMENT_FAMILY,
  ANYARRAY,
  ...COMPATIBLE_FAMILY,
  ANYCOMPATIBLEARRAY,
  ...OTHERS,
]);

type CanBecome = (from: SqlType, to: SqlType) => boolean;

/** True for a pseudo-type that stands for the type of an argument. */
export function isPolymorphic(type: SqlType): boolean {
  return ALL.has(type);
}

/**
 * check_generic_type_consistency: whether one type can stand for each family of the declared ones.
 */
export function isConsistent(
  actual: readonly SqlType[],
  declared: readonly SqlType[],
  canBecome: CanBecome,
): boolean {
  let element: SqlType | undefined;
  let array: SqlType | undefined;
  const compatible: SqlType[] = [];
  for (const [at, to] of declared.entries()) {
    const from = actual[at];
    if (from === undefined || from === UNKNOWN) {
      continue;
    }
    if (OTHERS.includes(to)) {
      return false;
    }
    if (ELEMENT_FAMILY.includes(to)) {
      if (element !== undefined && element !== from) {
        return false;
      }
      if (
        (to === ANYNONARRAY && from.element !== null) ||
        (to === ANYENUM && from.category !== "E")
      ) {
        return false;
      }
      element = from;
    } else if (to === ANYARRAY) {
      if (from.element === null || (array !== undefined && array !== from)) {
        return false;
      }
      array = from;
    } else if (to === ANYCOMPATIBLEARRAY) {
      if (from.element === null) {
        return false;
      }
      compatible.push(from.element);
    } else if (COMPATIBLE_FAMILY.includes(to)) {
      if (to === ANYCOMPATIBLENONARRAY && from.element !== null) {
        return false;
      }
      compatible.push(from);
    }
  }
  if (declared.includes(ANYENUM) && (element ?? array?.element)?.category !== "E") {
    return false;
  }
  const common = compatible.length === 0 ? TEXT : commonType(compatible, canBecome);
  const isCommon =
    common !== undefined && compatible.every((one) => one === common || canBecome(one, common));
  return isCommon && (array === undefined || element === undefined || array.element === element);
}

/** The types of a call, with the polymorphic ones resolved. */
export interface ResolvedTypes {
  readonly arguments: readonly SqlType[];
  readonly result: SqlType;
}

/**
 * enforce_generic_type_consistency. @throws PostgresError 42804 when a type stays open, or the
 * arguments do not agree
 */
export function resolveTypes(
  actual: readonly SqlType[],
  declared: readonly SqlType[],
  result: SqlType,
  canBecome: CanBecome,
): ResolvedTypes {
  if (!declared.some(isPolymorphic) && !isPolymorphic(result)) {
    return { arguments: declared, result };
  }
  const element = elementType(actual, declared, result);
  const compatible = compatibleType(actual, declared, canBecome);
  const resolve = (type: SqlType): SqlType => {
    if (ELEMENT_FAMILY.includes(type)) {
      return element ?? undetermined();
    }
    if (type === ANYARRAY) {
      return arrayOf(element ?? undetermined());
    }
    if (COMPATIBLE_FAMILY.includes(type)) {
      return compatible ?? undetermined();
    }
    return type === ANYCOMPATIBLEARRAY ? arrayOf(compatible ?? undetermined()) : type;
  };
  return { arguments: declared.map(resolve), result: resolve(result) };
}

function elementType(
  actual: readonly SqlType[],
  declared: readonly SqlType[],
  result: SqlType,
): SqlType | undefined {
  let element: SqlType | undefined;
  let isUsed = false;
  for (const [at, to] of declared.entries()) {
    const isElement = ELEMENT_FAMILY.includes(to);
    if (!isElement && to !== ANYARRAY) {
      continue;
    }
    isUsed = true;
    const from = actual[at];
    if (from === undefined || from === UNKNOWN) {
      continue;
    }
    element = isElement ? from : (from.element ?? undefined);
  }
  if (isUsed && element === undefined) {
    return undetermined();
  }
  return isUsed || !isPolymorphic(result) ? element : undefined;
}

function compatibleType(
  actual: readonly SqlType[],
  declared: readonly SqlType[],
  canBecome: CanBecome,
): SqlType | undefined {
  const types: SqlType[] = [];
  let isUsed = false;
  for (const [at, to] of declared.entries()) {
    const isElement = COMPATIBLE_FAMILY.includes(to);
    if (!isElement && to !== ANYCOMPATIBLEARRAY) {
      continue;
    }
    isUsed = true;
    const from = actual[at];
    if (from !== undefined && from !== UNKNOWN) {
      types.push(isElement ? from : (from.element ?? from));
    }
  }
  if (!isUsed) {
    return undefined;
  }
  if (types.length === 0) {
    return TEXT;
  }
  const common = commonType(types, canBecome);
  if (common === undefined) {
    const [first, second] = [types[0]?.name ?? "", types.find((type) => type !== types[0])?.name];
    const detail = `${first} versus ${second ?? ""}`;
    const message = "arguments of anycompatible family cannot be cast to a common type";
    throw new PostgresError("42804", message, { detail, placeless: true });
  }
  return common;
}

function arrayOf(element: SqlType): SqlType {
  const array = arrayOver(element);
  if (array === undefined) {
    const message = `could not find array type for data type ${element.name}`;
    throw new PostgresError("42704", message, { placeless: true });
  }
  return array;
}

function undetermined(): never {
  const message = "could not determine polymorphic type because input has type unknown";
  throw new PostgresError("42804", message, { placeless: true });
}
