import { PostgresError } from "../ground/postgres-error.ts";
import type { Datum, Value } from "./datum.ts";

const INT8_MIN = -(2n ** 63n);
const INT8_MAX = 2n ** 63n - 1n;

/** A whole number of any width: a number where that is exact, a bigint beyond. */
export type Whole = number | bigint;

/** The value as a whole number. @throws Error for a value of another type, which is a bug */
export function whole(value: Datum): Whole {
  if (typeof value === "number" || typeof value === "bigint") {
    return value;
  }
  throw new Error(`a whole number was expected, not ${String(value)}`);
}

/** The value as a number. @throws Error for a value of another type, which is a bug */
export function num(value: Datum): number {
  if (typeof value === "number") {
    return value;
  }
  throw new Error(`a number was expected, not ${String(value)}`);
}

/** The exact number as the engine holds a bigint. @throws PostgresError 22003 out of range */
export function int8(value: bigint): Whole {
  if (value < INT8_MIN || value > INT8_MAX) {
    throw outOfRange("bigint");
  }
  return canonical(value);
}

/** A number where that is exact: the one form in which equal values are the same primitive. */
export function canonical(value: bigint): Whole {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** The number itself. @throws PostgresError 22003 when it is no integer of four bytes */
export function int4(value: Whole): number {
  if (typeof value === "number" && value >= -2147483648 && value <= 2147483647) {
    return value;
  }
  throw outOfRange("integer");
}

/** The number itself. @throws PostgresError 22003 when it is no integer of two bytes */
export function int2(value: Whole): number {
  if (typeof value === "number" && value >= -32768 && value <= 32767) {
    return value;
  }
  throw outOfRange("smallint");
}

/** @throws PostgresError 22003 out of range */
export function int8Add(left: Whole, right: Whole): Whole {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) {
      return sum;
    }
  }
  return int8(BigInt(left) + BigInt(right));
}

/** @throws PostgresError 22003 out of range */
export function int8Subtract(left: Whole, right: Whole): Whole {
  if (typeof left === "number" && typeof right === "number") {
    const difference = left - right;
    if (Number.isSafeInteger(difference)) {
      return difference;
    }
  }
  return int8(BigInt(left) - BigInt(right));
}

/** @throws PostgresError 22003 out of range */
export function int8Multiply(left: Whole, right: Whole): Whole {
  if (typeof left === "number" && typeof right === "number") {
    const product = left * right;
    if (Number.isSafeInteger(product)) {
      return product + 0;
    }
  }
  return int8(BigInt(left) * BigInt(right));
}

/** Rounds towards zero. @throws PostgresError 22012 for a divisor of zero, 22003 out of range */
export function int8Divide(left: Whole, right: Whole): Whole {
  if (right === 0) {
    throw divisionByZero();
  }
  if (typeof left === "number" && typeof right === "number") {
    return Math.trunc(left / right) + 0;
  }
  return int8(BigInt(left) / BigInt(right));
}

/** Has the sign of `left`. @throws PostgresError 22012 for a divisor of zero */
export function int8Remainder(left: Whole, right: Whole): Whole {
  if (right === 0) {
    throw divisionByZero();
  }
  if (typeof left === "number" && typeof right === "number") {
    return (left % right) + 0;
  }
  return canonical(BigInt(left) % BigInt(right));
}

/** Orders two whole numbers. */
export function compareWhole(left: Value, right: Value): number {
  const a = whole(left);
  const b = whole(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The input function of bigint, integer and smallint, by the name of the type. */
export function parseWhole(type: "bigint" | "integer" | "smallint", text: string): Whole {
  const digits = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)/.exec(text);
  if (digits === null) {
    throw new PostgresError("22P02", `invalid input syntax for type ${type}: "${text}"`);
  }
  const size = BigInt(digits[2] ?? "0");
  const value = digits[1] === "-" ? -size : size;
  const bits = type === "bigint" ? 64 : type === "integer" ? 32 : 16;
  if (BigInt.asIntN(bits, value) !== value) {
    // What stands behind the digits is looked at only when they fit.
    throw new PostgresError("22003", `value "${text}" is out of range for type ${type}`);
  }
  if (!/^[ \t\n\v\f\r]*$/.test(text.slice(digits[0].length))) {
    throw new PostgresError("22P02", `invalid input syntax for type ${type}: "${text}"`);
  }
  return canonical(value);
}

/** 22012. */
export function divisionByZero(): PostgresError {
  return new PostgresError("22012", "division by zero");
}

/** 22003, in the words for the result of an operation. */
export function outOfRange(type: string): PostgresError {
  return new PostgresError("22003", `${type} out of range`);
}
