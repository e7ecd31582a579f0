import { PostgresError } from "../ground/postgres-error.ts";
import {
  canonical,
  int2,
  int4,
  int8,
  int8Add,
  int8Divide,
  int8Multiply,
  int8Remainder,
  int8Subtract,
  num,
  whole,
  type Whole,
} from "../types/whole.ts";
import type { Compute, Implementations } from "./implementation.ts";

type Narrow = (value: Whole) => Whole;

/** The arithmetic between two widths: the wider one is the result's, and its range is checked. */
function arithmetic(family: string, narrow: Narrow): [string, Compute][] {
  return [
    [`${family}pl`, (left, right) => narrow(int8Add(whole(left), whole(right)))],
    [`${family}mi`, (left, right) => narrow(int8Subtract(whole(left), whole(right)))],
    [`${family}mul`, (left, right) => narrow(int8Multiply(whole(left), whole(right)))],
    [`${family}div`, (left, right) => narrow(int8Divide(whole(left), whole(right)))],
  ];
}

/** What is there within one width only. */
function ofWidth(family: string, bits: number, narrow: Narrow): [string, Compute][] {
  const wrap = (value: bigint): Whole => canonical(BigInt.asIntN(bits, value));
  const shift = (value: Whole, by: number, left: boolean): Whole => {
    const count = BigInt(by & (bits === 64 ? 63 : 31));
    return wrap(left ? BigInt(value) << count : BigInt(value) >> count);
  };
  const name = `int${family}`;
  return [
    ...arithmetic(name, narrow),
    [`${name}mod`, (left, right) => int8Remainder(whole(left), whole(right))],
    [`${name}um`, (value) => narrow(int8Subtract(0, whole(value)))],
    [`${name}up`, (value) => value],
    [
      `${name}abs`,
      (value) => narrow(whole(value) < 0 ? int8Subtract(0, whole(value)) : whole(value)),
    ],
    [`${name}and`, (left, right) => wrap(BigInt(whole(left)) & BigInt(whole(right)))],
    [`${name}or`, (left, right) => wrap(BigInt(whole(left)) | BigInt(whole(right)))],
    [`${name}xor`, (left, right) => wrap(BigInt(whole(left)) ^ BigInt(whole(right)))],
    [`${name}not`, (value) => wrap(~BigInt(whole(value)))],
    [`${name}shl`, (value, by) => shift(whole(value), num(by), true)],
    [`${name}shr`, (value, by) => shift(whole(value), num(by), false)],
    [`${name}gcd`, (left, right) => narrow(divisor(whole(left), whole(right)))],
    [`${name}lcm`, (left, right) => narrow(multiple(whole(left), whole(right)))],
  ];
}

function divisor(left: Whole, right: Whole): Whole {
  let [a, b] = [magnitude(left), magnitude(right)];
  while (b !== 0n) {
    [a, b] = [b, a % b];
  }
  return int8(a);
}

function multiple(left: Whole, right: Whole): Whole {
  if (left === 0 || right === 0) {
    return 0;
  }
  const common = BigInt(divisor(left, right));
  return int8((magnitude(left) / common) * magnitude(right));
}

function magnitude(value: Whole): bigint {
  const size = BigInt(value);
  return size < 0n ? -size : size;
}

/**
 * int4pl and its kin for two integers, which are the most frequent: no range check but the last.
 */
const INT4_ARITHMETIC: Implementations = {
  int4pl: (left, right) => int4(num(left) + num(right)),
  int4mi: (left, right) => int4(num(left) - num(right)),
};

const same: Compute = (value) => value;

/** Operators, functions and casts of smallint, integer and bigint. */
export const INTEGER_FUNCTIONS: Implementations = {
  ...Object.fromEntries([
    ...ofWidth("2", 16, int2),
    ...ofWidth("4", 32, int4),
    ...ofWidth("8", 64, (value) => value),
    ...arithmetic("int24", int4),
    ...arithmetic("int42", int4),
    ...["int28", "int82", "int48", "int84"].flatMap((family) =>
      arithmetic(family, (value) => value),
    ),
  ]),
  ...INT4_ARITHMETIC,
  i2toi4: same,
  int28: same,
  int48: same,
  i4toi2: (value) => int2(whole(value)),
  int82: (value) => int2(whole(value)),
  int84: (value) => int4(whole(value)),
  oidtoi8: same,
  pg_snapshot_xmin: same,
  i8tooid: (value) => toOid(whole(value)),
  int4_bool: (value) => value !== 0,
  bool_int4: (value) => (value === true ? 1 : 0),
  to_hex32: (value) => BigInt.asUintN(32, BigInt(whole(value))).toString(16),
  to_hex64: (value) => BigInt.asUintN(64, BigInt(whole(value))).toString(16),
};

function toOid(value: Whole): number {
  if (typeof value === "number" && value >= 0 && value <= 4_294_967_295) {
    return value;
  }
  throw new PostgresError("22003", "OID out of range");
}
