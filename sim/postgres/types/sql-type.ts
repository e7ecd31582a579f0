import { PostgresError } from "../ground/postgres-error.ts";

/**
 * The types that are simulated. `unknown` is Postgres's own name for a literal or parameter whose
 * type is still open; `numeric` exists only as the whole-number result of sum(bigint).
 */
export type SqlType =
  | "text"
  | "bigint"
  | "integer"
  | "boolean"
  | "numeric"
  | "void"
  | "text[]"
  | "bigint[]"
  | "integer[]"
  | "unknown";

/** A value inside the engine. Every whole number is a bigint here, whatever its width in SQL. */
export type Datum = string | bigint | boolean | null | readonly Datum[];

/**
 * A value as the `pg` client hands it to a service: bigint and numeric as strings, integer as a
 * number.
 */
export type ClientValue = string | number | boolean | null | readonly ClientValue[];

/** The type's object identifier in pg_type, which goes with every field of a result. */
export const TYPE_OID: Readonly<Record<SqlType, number>> = {
  text: 25,
  bigint: 20,
  integer: 23,
  boolean: 16,
  numeric: 1700,
  void: 2278,
  "text[]": 1009,
  "bigint[]": 1016,
  "integer[]": 1007,
  unknown: 705,
};

const ELEMENT_TYPE: Partial<Record<SqlType, SqlType>> = {
  "text[]": "text",
  "bigint[]": "bigint",
  "integer[]": "integer",
};

const WHOLE_RANGE = {
  bigint: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
  integer: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
} as const;

/** The element's type, or undefined when the type is not an array. */
export function elementTypeOf(type: SqlType): SqlType | undefined {
  return ELEMENT_TYPE[type];
}

/** The array over a scalar type, or undefined when that array is not simulated. */
export function arrayTypeOf(type: SqlType): SqlType | undefined {
  if (type === "text") {
    return "text[]";
  }
  if (type === "bigint") {
    return "bigint[]";
  }
  return type === "integer" ? "integer[]" : undefined;
}

/** True for the two whole-number types, between which operators are defined. */
export function isWhole(type: SqlType): type is "bigint" | "integer" {
  return type === "bigint" || type === "integer";
}

/**
 * The value itself when it fits the type; 22003 in Postgres's words when an operation overflowed.
 */
export function inRange(type: "bigint" | "integer", value: bigint): bigint {
  if (!isInRange(type, value)) {
    throw new PostgresError("22003", `${type} out of range`);
  }
  return value;
}

/** True when the value fits the type. */
export function isInRange(type: "bigint" | "integer", value: bigint): boolean {
  const range = WHOLE_RANGE[type];
  return value >= range.min && value <= range.max;
}

/**
 * Postgres's input function of a scalar type: 22P02 when the text is not of the type, 22003 out of
 * range.
 */
export function parseSqlText(type: SqlType, text: string): Datum {
  if (text.includes("\0")) {
    throw new PostgresError("22021", 'invalid byte sequence for encoding "UTF8": 0x00');
  }
  // The client's UTF-8 encoder puts a replacement character for half of a surrogate pair.
  if (type === "text") {
    return text.isWellFormed() ? text : text.toWellFormed();
  }
  if (isWhole(type)) {
    return parseWhole(type, text);
  }
  if (type === "boolean") {
    return parseBoolean(text);
  }
  throw new Error(`parseSqlText has no input function for ${type}`);
}

function parseWhole(type: "bigint" | "integer", text: string): bigint {
  const digits = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)[ \t\n\v\f\r]*$/.exec(text);
  if (digits === null) {
    throw new PostgresError("22P02", `invalid input syntax for type ${type}: "${text}"`);
  }
  const size = BigInt(digits[2] ?? "0");
  const value = digits[1] === "-" ? -size : size;
  if (!isInRange(type, value)) {
    throw new PostgresError("22003", `value "${text}" is out of range for type ${type}`);
  }
  return value;
}

function parseBoolean(text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word !== "" && ("true".startsWith(word) || "yes".startsWith(word))) {
    return true;
  }
  if (word !== "" && ("false".startsWith(word) || "no".startsWith(word))) {
    return false;
  }
  if (word === "on" || word === "1") {
    return true;
  }
  if (word === "of" || word === "off" || word === "0") {
    return false;
  }
  throw new PostgresError("22P02", `invalid input syntax for type boolean: "${text}"`);
}

/** Postgres's output function: the text of a value that is not null. */
export function formatSqlText(value: Datum): string {
  if (typeof value === "string") {
    return value;
  }
  if (typeof value === "boolean") {
    return value ? "t" : "f";
  }
  return String(value);
}

/** A value as the `pg` client shows it by default. */
export function toClientValue(type: SqlType, value: Datum): ClientValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") {
    return value;
  }
  if (typeof value === "bigint") {
    return type === "integer" ? Number(value) : value.toString();
  }
  const elementType = elementTypeOf(type) ?? "text";
  return value.map((element) => toClientValue(elementType, element));
}

/**
 * Orders two values of one type, neither of them null. Text is in the C collation: by code point,
 * which is the order of the UTF-8 bytes.
 */
export function compareSqlValues(left: Datum, right: Datum): number {
  if (typeof left === "string" && typeof right === "string") {
    return compareText(left, right);
  }
  if (typeof left === "bigint" && typeof right === "bigint") {
    return left < right ? -1 : left > right ? 1 : 0;
  }
  if (typeof left === "boolean" && typeof right === "boolean") {
    return Number(left) - Number(right);
  }
  throw new Error("compareSqlValues was given values of two types");
}

function compareText(left: string, right: string): number {
  if (left === right) {
    return 0;
  }
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) {
      return codePointWeight(a) - codePointWeight(b);
    }
  }
  return left.length - right.length;
}

/**
 * A surrogate half stands for a code point above U+FFFF, so it sorts after every other code unit.
 */
function codePointWeight(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit;
}
