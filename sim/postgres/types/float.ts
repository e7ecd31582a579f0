import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Value } from "./datum.ts";
import { num } from "./whole.ts";

const NUMBER =
  /^[ \t\n\v\f\r]*([+-]?)(?:((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(nan)|(inf|infinity))[ \t\n\v\f\r]*$/i;

/** float8in. @throws PostgresError 22P02, 22003 */
export function parseFloat8(text: string): number {
  const value = readNumber(text, "double precision");
  demandRange(text, value, value, "double precision");
  return value;
}

/** float4in. @throws PostgresError 22P02, 22003 */
export function parseFloat4(text: string): number {
  const exact = readNumber(text, "real");
  const value = Math.fround(exact);
  demandRange(text, exact, value, "real");
  return value;
}

function readNumber(text: string, type: string): number {
  const match = NUMBER.exec(text);
  if (match === null) {
    if (/^\s*[+-]?0x/i.test(text)) {
      throw new NotSimulated("a hexadecimal floating-point number", text);
    }
    throw new PostgresError("22P02", `invalid input syntax for type ${type}: "${text}"`);
  }
  const [, sign, digits, nan] = match;
  if (nan !== undefined) {
    return NaN;
  }
  const size = digits === undefined ? Infinity : Number(digits);
  return sign === "-" ? -size : size;
}

function demandRange(text: string, exact: number, value: number, type: string): void {
  const shown = text.trim();
  const infinite = !Number.isFinite(value) && !/inf|nan/i.test(shown);
  const vanished = value === 0 && (exact !== 0 || /[1-9]/.test(shown.replace(/[eE].*$/, "")));
  if (infinite || vanished) {
    throw new PostgresError("22003", `"${shown}" is out of range for type ${type}`);
  }
}

/** float8out: the shortest digits that are read as the same number. */
export function formatFloat8(value: number): string {
  return formatDigits(value, value.toExponential(), 15);
}

/** float4out. */
export function formatFloat4(value: number): string {
  for (let digits = 0; digits < 9; digits += 1) {
    const shown = value.toExponential(digits);
    if (Math.fround(Number(shown)) === value) {
      return formatDigits(value, shown, 6);
    }
  }
  return formatDigits(value, value.toExponential(), 6);
}

/** `shown` is as toExponential gives it; below `fixedBelow` the exponent is written out. */
function formatDigits(value: number, shown: string, fixedBelow: number): string {
  if (!Number.isFinite(value)) {
    return String(value);
  }
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa = "0", power = "0"] = shown.replace("-", "").split("e");
  const exponent = Number(shown.slice(shown.indexOf("e") + 1));
  const digits = mantissa.replace(".", "").replace(/0+$/, "") || "0";
  if (exponent < -4 || exponent >= fixedBelow) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const size = String(Math.abs(Number(power))).padStart(2, "0");
    return `${sign}${digits.slice(0, 1)}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) {
    return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  }
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** float8_cmp_internal: NaN is the greatest, and equal to itself. */
export function compareFloat(left: Value, right: Value): number {
  const a = num(left);
  const b = num(right);
  if (a < b) {
    return -1;
  }
  if (a > b) {
    return 1;
  }
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/** 22003. */
export function floatOverflow(): PostgresError {
  return new PostgresError("22003", "value out of range: overflow");
}

/** 22003. */
export function floatUnderflow(): PostgresError {
  return new PostgresError("22003", "value out of range: underflow");
}

/** rint: the nearest whole number, of two the even one. */
export function roundHalfEven(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 52) {
    return value;
  }
  const down = Math.floor(value);
  const rest = value - down;
  if (rest < 0.5 || (rest === 0.5 && down % 2 === 0)) {
    return down === 0 && (value < 0 || Object.is(value, -0)) ? -0 : down;
  }
  const up = down + 1;
  return up === 0 ? -0 : up;
}

/** As printf's %.15g, which is the way of a float to numeric: no zeros at the end. */
export function toPrecisionText(value: number, digits: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : String(value);
}
