import { PostgresError } from "../ground/postgres-error.ts";
import type { Datum, Value } from "./datum.ts";

/** The value as a text. @throws Error for a value of another type, which is a bug */
export function str(value: Datum): string {
  if (typeof value === "string") {
    return value;
  }
  throw new Error(`a text was expected, not ${String(value)}`);
}

/** A text as it is stored: half of a surrogate pair is what the client's encoder makes of it. */
export function readText(text: string): string {
  demandEncodable(text);
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** @throws PostgresError 22021 for the one character that no text of PostgreSQL holds */
export function demandEncodable(text: string): void {
  if (text.includes("\0")) {
    throw new PostgresError("22021", 'invalid byte sequence for encoding "UTF8": 0x00');
  }
}

/**
 * Orders two texts in the C collation: by code point, which is the order of the UTF-8 bytes.
 */
export function compareText(left: Value, right: Value): number {
  return compareStrings(str(left), str(right));
}

/** As `compareText`, over strings. */
function compareStrings(left: string, right: string): number {
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
