import { PostgresError } from "../ground/postgres-error.ts";
import { floatOverflow, floatUnderflow, roundHalfEven } from "../types/float.ts";
import { divisionByZero, int8, num, outOfRange, whole } from "../types/whole.ts";
import type { Compute, Implementations } from "./implementation.ts";

const INT8_LIMIT = 2 ** 63;
const SINGLE_BITS = 24;
const RADIANS_OF_A_DEGREE = Math.PI / 180;

function add(left: number, right: number): number {
  return checkOverflow(left + right, left, right);
}

function subtract(left: number, right: number): number {
  return checkOverflow(left - right, left, right);
}

function multiply(left: number, right: number): number {
  const product = checkOverflow(left * right, left, right);
  if (product === 0 && left !== 0 && right !== 0) {
    throw floatUnderflow();
  }
  return product;
}

function divide(left: number, right: number): number {
  if (right === 0 && !Number.isNaN(left)) {
    throw divisionByZero();
  }
  const result = checkOverflow(left / right, left, 0);
  if (result === 0 && left !== 0 && Number.isFinite(right)) {
    throw floatUnderflow();
  }
  return result;
}

function checkOverflow(result: number, left: number, right: number): number {
  if (!Number.isFinite(result) && Number.isFinite(left) && Number.isFinite(right)) {
    throw floatOverflow();
  }
  return result;
}

/** A result of two reals is rounded to a real before it is checked. */
function single(operation: (left: number, right: number) => number): Compute {
  return (left, right) => {
    const exact = operation(num(left), num(right));
    const rounded = Math.fround(exact);
    if (Number.isFinite(exact) && !Number.isFinite(rounded)) {
      throw floatOverflow();
    }
    if (rounded === 0 && exact !== 0) {
      throw floatUnderflow();
    }
    return rounded;
  };
}

function double(operation: (left: number, right: number) => number): Compute {
  return (left, right) => operation(num(left), num(right));
}

const OPERATIONS = { pl: add, mi: subtract, mul: multiply, div: divide };

const ARITHMETIC = Object.entries(OPERATIONS).flatMap(([name, operation]): [string, Compute][] => [
  [`float4${name}`, single(operation)],
  [`float8${name}`, double(operation)],
  [`float48${name}`, double(operation)],
  [`float84${name}`, double(operation)],
]);

const ROUNDING = ["f", "d"].flatMap((family): [string, Compute][] => [
  [`${family}toi2`, (value) => toWhole(num(value), 32_768, "smallint")],
  [`${family}toi4`, (value) => toWhole(num(value), 2_147_483_648, "integer")],
  [`${family}toi8`, (value) => toBigint(num(value))],
]);

/**
 * Operators, functions and casts of real and double precision. What V8 does not compute to the same
 * last bit as the C library (powers, logarithms, trigonometry) is left out.
 */
export const FLOAT_FUNCTIONS: Implementations = {
  ...Object.fromEntries(ARITHMETIC),
  float4um: (value) => -num(value),
  float8um: (value) => -num(value),
  float4up: (value) => value,
  float8up: (value) => value,
  float4abs: (value) => Math.abs(num(value)),
  float8abs: (value) => Math.abs(num(value)),
  dsqrt: (value) => squareRoot(num(value)),
  dround: (value) => roundHalfEven(num(value)),
  dceil: (value) => Math.ceil(num(value)),
  dfloor: (value) => Math.floor(num(value)),
  dtrunc: (value) => Math.trunc(num(value)),
  dsign: (value) => (Number.isNaN(num(value)) ? 0 : Math.sign(num(value)) + 0),
  dpi: () => Math.PI,
  degrees: (value) => divide(num(value), RADIANS_OF_A_DEGREE),
  radians: (value) => multiply(num(value), RADIANS_OF_A_DEGREE),
  ftod: (value) => value,
  dtof: (value) => toSingle(num(value)),
  i2tof: (value) => value,
  i4tof: (value) => Math.fround(num(value)),
  i8tof: (value) => wholeToSingle(whole(value)),
  i2tod: (value) => value,
  i4tod: (value) => value,
  i8tod: (value) => Number(whole(value)),
  ...Object.fromEntries(ROUNDING),
};

function squareRoot(value: number): number {
  if (value < 0) {
    throw new PostgresError("2201F", "cannot take square root of a negative number");
  }
  return Math.sqrt(value);
}

function toSingle(value: number): number {
  const rounded = Math.fround(value);
  if (Number.isFinite(value) && !Number.isFinite(rounded)) {
    throw floatOverflow();
  }
  if (rounded === 0 && value !== 0) {
    throw floatUnderflow();
  }
  return rounded;
}

/** Rounds once, of two nearest to the even one: through a double it would be rounded twice. */
function wholeToSingle(value: number | bigint): number {
  const size = BigInt(value < 0 ? -value : value);
  const shift = BigInt(Math.max(size.toString(2).length - SINGLE_BITS, 0));
  const kept = size >> shift;
  const twice = (size - (kept << shift)) << 1n;
  const unit = 1n << shift;
  const up = twice > unit || (twice === unit && (kept & 1n) === 1n) ? 1n : 0n;
  const rounded = Number((kept + up) << shift);
  return value < 0 ? -rounded : rounded;
}

function toWhole(value: number, limit: number, type: string): number {
  const rounded = roundHalfEven(value);
  if (!(rounded >= -limit && rounded < limit)) {
    throw outOfRange(type);
  }
  return rounded + 0;
}

function toBigint(value: number): number | bigint {
  const rounded = roundHalfEven(value);
  if (!(rounded >= -INT8_LIMIT && rounded < INT8_LIMIT)) {
    throw outOfRange("bigint");
  }
  return int8(BigInt(rounded));
}
