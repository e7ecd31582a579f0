import { PostgresError } from "../ground/postgres-error.ts";
import { numeric } from "../types/behaviour.ts";
import { toPrecisionText } from "../types/float.ts";
import {
  addNumeric,
  compareNumeric,
  divideNumeric,
  fitNumeric,
  isNaNumeric,
  multiplyNumeric,
  negateNumeric,
  Numeric,
  numericOf,
  parseNumeric,
  remainderNumeric,
  signOf,
  squareRoot,
  subtractNumeric,
  trimNumeric,
  wholeOf,
} from "../types/numeric.ts";
import { canonical, int2, int4, int8, num, whole } from "../types/whole.ts";
import type { Implementations } from "./implementation.ts";

const SCALE_MAX = 16_383;
/** No number has more digits before the point. */
const SCALE_MIN = -131_073;
const FACTORIAL_MAX = 32_177;

/** Operators, functions and casts of numeric. */
export const NUMERIC_FUNCTIONS: Implementations = {
  numeric_add: (left, right) => addNumeric(numeric(left), numeric(right)),
  numeric_sub: (left, right) => subtractNumeric(numeric(left), numeric(right)),
  numeric_mul: (left, right) => multiplyNumeric(numeric(left), numeric(right)),
  numeric_div: (left, right) => divideNumeric(numeric(left), numeric(right)),
  numeric_mod: (left, right) => remainderNumeric(numeric(left), numeric(right)),
  numeric_div_trunc: (left, right) => wholeQuotient(numeric(left), numeric(right)),
  numeric_uminus: (value) => negateNumeric(numeric(value)),
  numeric_uplus: (value) => value,
  numeric_abs: (value) => absolute(numeric(value)),
  numeric_sign: (value) =>
    isNaNumeric(numeric(value)) ? value : numericOf(signOf(numeric(value))),
  numeric_ceil: (value) => negateNumeric(floor(negateNumeric(numeric(value)))),
  numeric_floor: (value) => floor(numeric(value)),
  numeric_round: (value, scale) => shown(numeric(value).round(limited(num(scale)))),
  "round(numeric)": (value) => numeric(value).round(0),
  numeric_trunc: (value, scale) => shown(numeric(value).truncate(limited(num(scale)))),
  "trunc(numeric)": (value) => numeric(value).truncate(0),
  numeric_sqrt: (value) => squareRoot(numeric(value)),
  numeric_fac: (value) => factorial(canonicalNumber(whole(value))),
  numeric_scale: (value) => (numeric(value).special === null ? numeric(value).scale : null),
  numeric_min_scale: (value) =>
    numeric(value).special === null ? trimNumeric(numeric(value)).scale : null,
  numeric_trim_scale: (value) => trimNumeric(numeric(value)),
  numeric_inc: (value) => addNumeric(numeric(value), numericOf(1)),
  numeric_gcd: (left, right) => common(numeric(left), numeric(right)),
  numeric_lcm: (left, right) => leastMultiple(numeric(left), numeric(right)),
  numeric: (value, typmod) => fitNumeric(numeric(value), num(typmod)),
  int2_numeric: (value) => numericOf(whole(value)),
  int4_numeric: (value) => numericOf(whole(value)),
  int8_numeric: (value) => numericOf(whole(value)),
  float4_numeric: (value) => parseNumeric(toPrecisionText(num(value), 6)),
  float8_numeric: (value) => parseNumeric(toPrecisionText(num(value), 15)),
  numeric_int2: (value) => int2(canonical(wholeOf(numeric(value), "smallint"))),
  numeric_int4: (value) => int4(canonical(wholeOf(numeric(value), "integer"))),
  numeric_int8: (value) => int8(wholeOf(numeric(value), "bigint")),
  numeric_float8: (value) => toFloat(numeric(value), "double precision"),
  numeric_float4: (value) => Math.fround(toFloat(numeric(value), "real")),
};

function canonicalNumber(value: number | bigint): number {
  return Number(value);
}

function absolute(value: Numeric): Numeric {
  return signOf(value) < 0 ? negateNumeric(value) : value;
}

function limited(scale: number): number {
  return Math.max(SCALE_MIN, Math.min(SCALE_MAX, scale));
}

/** A negative scale rounds digits before the point; none is shown behind it. */
function shown(value: Numeric): Numeric {
  return value.special === null && value.scale < 0 ? value.round(0) : value;
}

function floor(value: Numeric): Numeric {
  const cut = value.truncate(0);
  return compareNumeric(cut, value) > 0 ? subtractNumeric(cut, numericOf(1)) : cut;
}

function wholeQuotient(left: Numeric, right: Numeric): Numeric {
  if (left.special !== null || right.special !== null) {
    return divideNumeric(left, right);
  }
  if (right.digits === 0n) {
    throw new PostgresError("22012", "division by zero");
  }
  const scale = Math.max(left.scale, right.scale);
  return numericOf(left.round(scale).digits / right.round(scale).digits);
}

function factorial(value: number): Numeric {
  if (value < 0) {
    throw new PostgresError("22003", "factorial of a negative number is undefined");
  }
  if (value > FACTORIAL_MAX) {
    throw new PostgresError("22003", "value overflows numeric format");
  }
  let product = 1n;
  for (let factor = 2n; factor <= BigInt(value); factor += 1n) {
    product *= factor;
  }
  return numericOf(product);
}

function common(left: Numeric, right: Numeric): Numeric {
  if (left.special !== null || right.special !== null) {
    return parseNumeric("NaN");
  }
  const scale = Math.max(left.scale, right.scale);
  let [a, b] = [absolute(left).round(scale).digits, absolute(right).round(scale).digits];
  while (b !== 0n) {
    [a, b] = [b, a % b];
  }
  return new Numeric(a, scale);
}

function leastMultiple(left: Numeric, right: Numeric): Numeric {
  const divisor = common(left, right);
  const scale = Math.max(left.scale, right.scale);
  if (divisor.special !== null || divisor.digits === 0n) {
    return divisor;
  }
  const a = absolute(left).round(scale).digits;
  const b = absolute(right).round(scale).digits;
  return new Numeric((a / divisor.digits) * b, scale);
}

function toFloat(value: Numeric, type: string): number {
  const number = Number(value.toString());
  const narrow = type === "real" ? Math.fround(number) : number;
  const isLost = narrow === 0 && value.digits !== 0n;
  if (value.special === null && (!Number.isFinite(narrow) || isLost)) {
    throw new PostgresError("22003", `"${value.toString()}" is out of range for type ${type}`);
  }
  return number;
}
