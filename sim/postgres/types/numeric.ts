import { PostgresError } from "../ground/postgres-error.ts";
import { Composite } from "./datum.ts";

/** NUMERIC_DSCALE_MAX and its kin of numeric.c. */
const SCALE_MAX = 16_383;
const DISPLAY_SCALE_MAX = 1000;
const SIGNIFICANT_DIGITS_MIN = 16;
const WHOLE_DIGITS_MAX = 131_072;

/**
 * A numeric: `digits / 10 ** scale` exactly, where the scale is how many digits behind the point
 * are
 * shown. `special` is the value of those three that are no finite number.
 */
export class Numeric extends Composite {
  readonly digits: bigint;
  readonly scale: number;
  readonly special: "NaN" | "Infinity" | "-Infinity" | null;

  constructor(digits: bigint, scale: number, special: Numeric["special"] = null) {
    super();
    this.digits = digits;
    this.scale = scale;
    this.special = special;
  }

  /** numeric_out. */
  override toString(): string {
    if (this.special !== null) {
      return this.special;
    }
    const { scale } = this;
    const negative = this.digits < 0n;
    const size = (negative ? -this.digits : this.digits).toString();
    const sign = negative ? "-" : "";
    if (scale === 0) {
      return sign + size;
    }
    const padded = size.padStart(scale + 1, "0");
    return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
  }

  /** The same value with that many digits behind the point, rounded half away from zero. */
  round(scale: number): Numeric {
    if (this.special !== null || scale === this.scale) {
      return this;
    }
    if (scale > this.scale) {
      return new Numeric(this.digits * powerOfTen(scale - this.scale), scale);
    }
    return roundedTo(this.digits, this.scale, scale);
  }

  /** The same value with that many digits behind the point, the rest cut off. */
  truncate(scale: number): Numeric {
    if (this.special !== null || scale >= this.scale) {
      return this.round(scale);
    }
    return atScale(this.digits / powerOfTen(this.scale - scale), scale);
  }
}

export const NAN = new Numeric(0n, 0, "NaN");
const INFINITE = new Numeric(0n, 0, "Infinity");
const MINUS_INFINITE = new Numeric(0n, 0, "-Infinity");

/** The whole number as a numeric. */
export function numericOf(value: number | bigint): Numeric {
  return new Numeric(BigInt(value), 0);
}

/** numeric_in, without a typmod. @throws PostgresError 22P02, 22003 */
export function parseNumeric(text: string): Numeric {
  const match =
    /^[ \t\n\v\f\r]*([+-]?)(?:([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?|(nan)|(inf|infinity))[ \t\n\v\f\r]*$/i.exec(
      text,
    );
  const [, sign, whole = "", fraction = "", exponent = "0", nan, infinite] = match ?? [];
  if (nan !== undefined && sign === "") {
    return NAN;
  }
  if (infinite !== undefined) {
    return sign === "-" ? MINUS_INFINITE : INFINITE;
  }
  if (match === null || nan !== undefined || whole + fraction === "") {
    throw new PostgresError("22P02", `invalid input syntax for type numeric: "${text}"`);
  }
  const shift = Number(exponent);
  if (Math.abs(shift) > 2_147_483_647 / 2) {
    throw new PostgresError("22P02", `invalid input syntax for type numeric: "${text}"`);
  }
  const size = BigInt(whole + fraction);
  const scale = fraction.length - shift;
  if (scale > SCALE_MAX || whole.replace(/^0+/, "").length + shift > WHOLE_DIGITS_MAX) {
    throw new PostgresError("22003", "value overflows numeric format");
  }
  const digits = sign === "-" ? -size : size;
  return scale >= 0 ? new Numeric(digits, scale) : new Numeric(digits * powerOfTen(-scale), 0);
}

/** numeric_add. */
export function addNumeric(left: Numeric, right: Numeric): Numeric {
  if (left.special !== null || right.special !== null) {
    return specialSum(left, right);
  }
  const scale = Math.max(left.scale, right.scale);
  return new Numeric(left.round(scale).digits + right.round(scale).digits, scale);
}

/** numeric_uminus. */
export function negateNumeric({ digits, scale, special }: Numeric): Numeric {
  if (special === null) {
    return new Numeric(-digits, scale);
  }
  return special === "NaN" ? NAN : special === "Infinity" ? MINUS_INFINITE : INFINITE;
}

/** numeric_sub. */
export function subtractNumeric(left: Numeric, right: Numeric): Numeric {
  return addNumeric(left, negateNumeric(right));
}

/** numeric_mul. */
export function multiplyNumeric(left: Numeric, right: Numeric): Numeric {
  if (left.special !== null || right.special !== null) {
    const sign = signOf(left) * signOf(right);
    return isNaNumeric(left) || isNaNumeric(right) || sign === 0 ? NAN : infinityOf(sign);
  }
  const product = new Numeric(left.digits * right.digits, left.scale + right.scale);
  return product.scale > SCALE_MAX ? product.round(SCALE_MAX) : product;
}

/** numeric_div, with the scale that select_div_scale gives. @throws PostgresError 22012 */
export function divideNumeric(left: Numeric, right: Numeric): Numeric {
  if (left.special !== null || right.special !== null) {
    return specialQuotient(left, right);
  }
  demandDivisor(right);
  return quotient(left, right, divisionScale(left, right));
}

/** div_var: the quotient rounded to a scale. */
export function quotient(left: Numeric, right: Numeric, scale: number): Numeric {
  // One digit more than is shown would round twice; so the remainder decides.
  const shift = scale + right.scale - left.scale;
  const dividend = shift >= 0 ? left.digits * powerOfTen(shift) : left.digits;
  const divisor = shift >= 0 ? right.digits : right.digits * powerOfTen(-shift);
  return atScale(divideHalfAway(dividend, divisor), scale);
}

/** select_div_scale: at least 16 significant digits, and no fewer than either operand shows. */
export function divisionScale(left: Numeric, right: Numeric): number {
  const [leftWeight, leftFirst] = leadingDigit(left);
  const [rightWeight, rightFirst] = leadingDigit(right);
  const weight = leftWeight - rightWeight - (leftFirst <= rightFirst ? 1 : 0);
  const scale = Math.max(SIGNIFICANT_DIGITS_MIN - weight * 4, left.scale, right.scale, 0);
  return Math.min(scale, DISPLAY_SCALE_MAX);
}

/** numeric_mod. @throws PostgresError 22012 */
export function remainderNumeric(left: Numeric, right: Numeric): Numeric {
  if (left.special !== null || right.special !== null) {
    if (isNaNumeric(left) || isNaNumeric(right)) {
      return NAN;
    }
    if (left.special !== null) {
      demandDivisor(right);
      return NAN;
    }
    return left;
  }
  demandDivisor(right);
  const scale = Math.max(left.scale, right.scale);
  return new Numeric(left.round(scale).digits % right.round(scale).digits, scale);
}

/** numeric_sqrt. @throws PostgresError 2201F for a negative number */
export function squareRoot(value: Numeric): Numeric {
  if (value.special === "-Infinity" || value.digits < 0n) {
    throw new PostgresError("2201F", "cannot take square root of a negative number");
  }
  if (value.special !== null) {
    return value;
  }
  const [weight] = leadingDigit(value);
  const rootWeight = (weight + 1) * 2 - 1;
  const scale = Math.min(
    Math.max(SIGNIFICANT_DIGITS_MIN - rootWeight, value.scale, 0),
    DISPLAY_SCALE_MAX,
  );
  return rootAtScale(value, scale);
}

/** sqrt_var: the root rounded to a scale. */
export function rootAtScale(value: Numeric, scale: number): Numeric {
  const shift = 2 * (scale + 1) - value.scale;
  const radicand =
    shift >= 0 ? value.digits * powerOfTen(shift) : value.digits / powerOfTen(-shift);
  return roundedTo(wholeRoot(radicand), scale + 1, scale);
}

/** cmp_numerics: NaN is the greatest, and equal to itself. */
export function compareNumeric(left: Numeric, right: Numeric): number {
  if (left.special !== null || right.special !== null) {
    return specialRank(left) - specialRank(right);
  }
  if (left.scale === right.scale) {
    return left.digits < right.digits ? -1 : left.digits > right.digits ? 1 : 0;
  }
  const scale = Math.max(left.scale, right.scale);
  const a = left.round(scale).digits;
  const b = right.round(scale).digits;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The number without the zeros at its end: equal numbers have the same. */
export function trimNumeric(value: Numeric): Numeric {
  let { digits, scale } = value;
  if (digits === 0n) {
    scale = 0;
  }
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return value.special === null ? new Numeric(digits, scale) : value;
}

/**
 * The whole number nearest to it, half away from zero. @throws PostgresError 0A000 for no number
 */
export function wholeOf(value: Numeric, type: string): bigint {
  if (value.special !== null) {
    const shown = value.special === "NaN" ? "NaN" : "infinity";
    throw new PostgresError("0A000", `cannot convert ${shown} to ${type}`);
  }
  return value.round(0).digits;
}

/** -1, 0 or 1; 0 for NaN. */
export function signOf({ digits, special }: Numeric): number {
  if (special !== null) {
    return special === "NaN" ? 0 : special === "Infinity" ? 1 : -1;
  }
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

/** The precision and scale of numeric(p, s), from its typmod. */
function precisionOf(typmod: number): {
  readonly precision: number;
  readonly scale: number;
} {
  const packed = typmod - 4;
  const scale = packed & 0x7ff;
  return { precision: (packed >> 16) & 0xffff, scale: (scale ^ 1024) - 1024 };
}

/** apply_typmod. @throws PostgresError 22003 for a number with too many digits before the point */
export function fitNumeric(value: Numeric, typmod: number): Numeric {
  if (typmod < 4 || isNaNumeric(value)) {
    return value;
  }
  const { precision, scale } = precisionOf(typmod);
  const overflow = "numeric field overflow";
  if (value.special !== null) {
    const detail = `A field with precision ${precision}, scale ${scale} cannot hold an infinite value.`;
    throw new PostgresError("22003", overflow, { detail });
  }
  const rounded = value.round(scale);
  const size = rounded.digits < 0n ? -rounded.digits : rounded.digits;
  if (size < powerOfTen(Math.max(precision - scale + rounded.scale, 0))) {
    return rounded;
  }
  const digits = precision - scale;
  const bound = digits === 0 ? "1" : `10^${digits}`;
  const detail = `A field with precision ${precision}, scale ${scale} must round to an absolute value less than ${bound}.`;
  throw new PostgresError("22003", overflow, { detail });
}

const powers: bigint[] = [];

/** 10 to the power of a number that is not negative. */
export function powerOfTen(exponent: number): bigint {
  if (exponent > 64) {
    return 10n ** BigInt(exponent);
  }
  const known = powers[exponent];
  if (known !== undefined) {
    return known;
  }
  for (let at = powers.length; at <= exponent; at += 1) {
    powers.push(10n ** BigInt(at));
  }
  return powers[exponent] ?? 1n;
}

/** True for NaN. */
export function isNaNumeric({ special }: Numeric): boolean {
  return special === "NaN";
}

function atScale(digits: bigint, scale: number): Numeric {
  return scale >= 0 ? new Numeric(digits, scale) : new Numeric(digits * powerOfTen(-scale), 0);
}

function roundedTo(digits: bigint, from: number, to: number): Numeric {
  return atScale(divideHalfAway(digits, powerOfTen(from - to)), to);
}

function divideHalfAway(dividend: bigint, divisor: bigint): bigint {
  const whole = dividend / divisor;
  const rest = dividend % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = divisor < 0n ? -divisor : divisor;
  if (twice < size) {
    return whole;
  }
  return dividend < 0n === divisor < 0n ? whole + 1n : whole - 1n;
}

/** Weight and value of the first digit that is not zero, in base 10,000 as numeric.c stores it. */
function leadingDigit({ digits, scale }: Numeric): readonly [number, number] {
  if (digits === 0n) {
    return [0, 0];
  }
  const size = (digits < 0n ? -digits : digits).toString();
  const weight = Math.floor((size.length - 1 - scale) / 4);
  const kept = size.length - scale - weight * 4;
  const first = size.slice(0, kept).padEnd(kept, "0");
  return [weight, Number(first)];
}

function wholeRoot(value: bigint): bigint {
  if (value < 2n) {
    return value;
  }
  let root = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) {
      return root;
    }
    root = next;
  }
}

function demandDivisor(divisor: Numeric): void {
  if (divisor.special === null && divisor.digits === 0n) {
    throw new PostgresError("22012", "division by zero");
  }
}

function specialSum(left: Numeric, right: Numeric): Numeric {
  if (isNaNumeric(left) || isNaNumeric(right)) {
    return NAN;
  }
  if (left.special !== null && right.special !== null) {
    return left.special === right.special ? left : NAN;
  }
  return left.special === null ? right : left;
}

function specialQuotient(left: Numeric, right: Numeric): Numeric {
  if (isNaNumeric(left) || isNaNumeric(right)) {
    return NAN;
  }
  if (left.special === null) {
    return numericOf(0);
  }
  if (right.special !== null) {
    return NAN;
  }
  demandDivisor(right);
  return infinityOf(signOf(left) * signOf(right));
}

function infinityOf(sign: number): Numeric {
  return sign < 0 ? MINUS_INFINITE : INFINITE;
}

function specialRank(value: Numeric): number {
  switch (value.special) {
    case "NaN":
      return 2;
    case "Infinity":
      return 1;
    case "-Infinity":
      return -1;
    case null:
      return 0;
  }
}
