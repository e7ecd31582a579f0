import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { isArray } from "../types/array.ts";
import {
  characterCount,
  charactersOf,
  clipName,
  fitCharacter,
  fitVarchar,
  trimCharacter,
} from "../types/character.ts";
import type { Datum, Value } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { str } from "../types/text.ts";
import { num } from "../types/whole.ts";
import { type Implementations, typed } from "./implementation.ts";

const TEXT_LENGTH_MAX = 100_000_000;
const encoder = new TextEncoder();

/** Lower and upper case are those of ASCII, as in the C locale. */
export function lower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upper(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/**
 * What a cast to text makes of a value: booleans are written out, spaces at the end of char(n) cut.
 */
function castToText(type: SqlType, value: Value): string {
  if (typeof value === "boolean") {
    return String(value);
  }
  return type.catalogName === "bpchar" ? trimCharacter(str(value)) : type.output(value);
}

/** Operators, functions and casts of text and its kin. */
export const TEXT_FUNCTIONS: Implementations = {
  textcat: (left, right) => str(left) + str(right),
  "textanycat(text,anynonarray)": withType(
    1,
    (type, left, right) => str(left) + castToText(type, right),
  ),
  "anytextcat(anynonarray,text)": withType(
    0,
    (type, left, right) => castToText(type, left) + str(right),
  ),
  textlen: (text) => characterCount(str(text)),
  bpcharlen: (text) => characterCount(trimCharacter(str(text))),
  textoctetlen: (text) => encoder.encode(str(text)).length,
  bpcharoctetlen: (text) => encoder.encode(str(text)).length,
  "bit_length(text)": (text) => encoder.encode(str(text)).length * 8,
  upper: (text) => upper(str(text)),
  lower: (text) => lower(str(text)),
  initcap: (text) =>
    lower(str(text)).replaceAll(/[A-Za-z0-9]+/g, (word) => upper(word.slice(0, 1)) + word.slice(1)),
  btrim: (text, set) => trim(str(text), str(set), true, true),
  btrim1: (text) => trim(str(text), " ", true, true),
  ltrim: (text, set) => trim(str(text), str(set), true, false),
  ltrim1: (text) => trim(str(text), " ", true, false),
  rtrim: (text, set) => trim(str(text), str(set), false, true),
  rtrim1: (text) => trimCharacter(str(text)),
  lpad: (text, length, fill) => pad(str(text), num(length), str(fill), true),
  "lpad(text,int4)": (text, length) => pad(str(text), num(length), " ", true),
  rpad: (text, length, fill) => pad(str(text), num(length), str(fill), false),
  "rpad(text,int4)": (text, length) => pad(str(text), num(length), " ", false),
  text_left: (text, count) => charactersOf(str(text)).slice(0, num(count)).join(""),
  text_right: (text, count) => right(charactersOf(str(text)), num(count)),
  text_substr: (text, from, length) => substring(str(text), num(from), num(length)),
  text_substr_no_len: (text, from) => substring(str(text), num(from), null),
  textoverlay: (text, by, from, length) => overlay(str(text), str(by), num(from), num(length)),
  textoverlay_no_len: (text, by, from) =>
    overlay(str(text), str(by), num(from), characterCount(str(by))),
  textpos: (text, part) => position(str(text), str(part)),
  text_starts_with: (text, part) => str(text).startsWith(str(part)),
  replace_text: (text, from, to) => replace(str(text), str(from), str(to)),
  translate: (text, from, to) =>
    translate(str(text), charactersOf(str(from)), charactersOf(str(to))),
  repeat: (text, count) => repeat(str(text), num(count)),
  text_reverse: (text) => charactersOf(str(text)).toReversed().join(""),
  split_part: (text, by, at) => splitPart(str(text), str(by), num(at)),
  ascii: (text) => str(text).codePointAt(0) ?? 0,
  chr: (code) => character(num(code)),
  text_concat: typed(
    (types) =>
      (...values) =>
        concat(types.arguments, values, ""),
  ),
  text_concat_ws: typed(
    (types) =>
      (separator, ...values) =>
        separator === null ? null : concat(types.arguments.slice(1), values, str(separator)),
  ),
  text_format: typed(
    (types) =>
      (format, ...values) =>
        format === null ? null : formatText(str(format), types.arguments.slice(1), values),
  ),
  text_format_nv: (format) => (format === null ? null : formatText(str(format), [], [])),
  quote_literal: (text) => quoteLiteral(str(text)),
  "quote_literal(anyelement)": withType(0, (type, value) => quoteLiteral(castToText(type, value))),
  quote_nullable: (text) => (text === null ? "NULL" : quoteLiteral(str(text))),
  "quote_nullable(anyelement)": typed((types) => (value) => {
    const [type] = types.arguments;
    return value === null || type === undefined ? "NULL" : quoteLiteral(castToText(type, value));
  }),
  booltext: (value) => String(value),
  name_text: (text) => text,
  text_name: (text) => clipName(str(text)),
  bpchar_name: (text) => clipName(trimCharacter(str(text))),
  name_bpchar: (text) => text,
  varchar: (text, typmod, isCast) => fitVarchar(str(text), num(typmod), isCast === true),
  bpchar: (text, typmod, isCast) => fitCharacter(str(text), num(typmod), isCast === true),
  pg_typeof: typed((types) => () => types.arguments[0]?.name ?? "unknown"),
  pg_num_nulls: typed(
    () =>
      (...values) =>
        values.filter((value) => value === null).length,
  ),
  pg_num_nonnulls: typed(
    () =>
      (...values) =>
        values.filter((value) => value !== null).length,
  ),
};

/** A function that shows one of its arguments in the way of that argument's type. */
function withType(
  at: number,
  compute: (type: SqlType, left: Value, right: Value) => Datum,
): ReturnType<typeof typed> {
  return typed((types) => {
    const type = types.arguments[at];
    return (left, right = null) =>
      type === undefined || left === null ? null : compute(type, left, right ?? "");
  });
}

function trim(text: string, set: string, atStart: boolean, atEnd: boolean): string {
  const characters = charactersOf(text);
  const trimmed = new Set(set);
  let from = 0;
  let to = characters.length;
  while (atStart && from < to && trimmed.has(characters[from] ?? "")) {
    from += 1;
  }
  while (atEnd && to > from && trimmed.has(characters[to - 1] ?? "")) {
    to -= 1;
  }
  return characters.slice(from, to).join("");
}

function pad(text: string, length: number, fill: string, atStart: boolean): string {
  demandLength(length);
  const characters = charactersOf(text);
  const filling = charactersOf(fill);
  const missing = length - characters.length;
  if (missing <= 0 || filling.length === 0) {
    return characters.slice(0, Math.max(length, 0)).join("");
  }
  const padding = Array.from({ length: missing }, (_, at) => filling[at % filling.length]).join("");
  return atStart ? padding + text : text + padding;
}

function right(characters: readonly string[], count: number): string {
  return characters.slice(count < 0 ? -count : Math.max(characters.length - count, 0)).join("");
}

/** text_substring: positions before 1 count, so that they use up the length. */
function substring(text: string, from: number, length: number | null): string {
  const characters = charactersOf(text);
  const end = length === null ? characters.length + 1 : from + length;
  if (length !== null && length < 0) {
    throw new PostgresError("22011", "negative substring length not allowed");
  }
  return characters.slice(Math.max(from, 1) - 1, Math.max(end, 1) - 1).join("");
}

function overlay(text: string, by: string, from: number, length: number): string {
  if (from <= 0) {
    throw new PostgresError("22011", "negative substring length not allowed");
  }
  return substring(text, 1, from - 1) + by + substring(text, from + length, null);
}

function position(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 0 : characterCount(text.slice(0, at)) + 1;
}

function replace(text: string, from: string, to: string): string {
  return from === "" ? text : text.split(from).join(to);
}

function translate(text: string, from: readonly string[], to: readonly string[]): string {
  let result = "";
  for (const one of text) {
    const at = from.indexOf(one);
    result += at < 0 ? one : (to[at] ?? "");
  }
  return result;
}

function repeat(text: string, count: number): string {
  demandLength(text.length * count);
  return text.repeat(Math.max(count, 0));
}

function splitPart(text: string, by: string, at: number): string {
  if (at === 0) {
    throw new PostgresError("22023", "field position must not be zero");
  }
  if (text === "") {
    return "";
  }
  const parts = by === "" ? [text] : text.split(by);
  return parts.at(at > 0 ? at - 1 : at) ?? "";
}

function character(code: number): string {
  if (code === 0) {
    throw new PostgresError("54000", "null character not permitted");
  }
  if (code < 0) {
    throw new PostgresError("22023", "character number must be positive");
  }
  if (code > 0x10_ff_ff) {
    throw new PostgresError("54000", `requested character too large for encoding: ${code}`);
  }
  if (code >= 0xd800 && code <= 0xdfff) {
    throw new PostgresError("54000", `requested character not valid for encoding: ${code}`);
  }
  return String.fromCodePoint(code);
}

function concat(types: readonly SqlType[], values: readonly Datum[], separator: string): string {
  const shown: string[] = [];
  for (const [at, value] of values.entries()) {
    const type = types[at];
    if (value !== null && type !== undefined) {
      shown.push(type.output(value));
    }
  }
  return shown.join(separator);
}

/** format(), for %s, %L and %%, with places and without widths. */
function formatText(format: string, types: readonly SqlType[], values: readonly Datum[]): string {
  let next = 0;
  return format.replaceAll(/%(?:([0-9]+)\$)?(.?)/gs, (whole, place: string, kind: string) => {
    if (kind === "%" && place === undefined) {
      return "%";
    }
    if (kind === "") {
      const hint = 'For a single "%" use "%%".';
      throw new PostgresError("22023", "unterminated format() type specifier", { hint });
    }
    if (kind !== "s" && kind !== "L") {
      if (/[I0-9*-]/.test(kind)) {
        throw new NotSimulated(`format() with ${whole}`, format);
      }
      const hint = 'For a single "%" use "%%".';
      const message = `unrecognized format() type specifier "${kind}"`;
      throw new PostgresError("22023", message, { hint });
    }
    const at = place === undefined ? next : Number(place) - 1;
    if (at < 0) {
      const message = "format specifies argument 0, but arguments are numbered from 1";
      throw new PostgresError("22023", message);
    }
    next = at + 1;
    if (at >= types.length) {
      throw new PostgresError("22023", "too few arguments for format()");
    }
    const value = values[at] ?? null;
    const shown = value === null ? null : (types[at]?.output(value) ?? "");
    return kind === "s" ? (shown ?? "") : shown === null ? "NULL" : quoteLiteral(shown);
  });
}

/** quote_literal: a backslash makes it a string with escapes. */
function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", String.raw`\\`)}'`;
  return text.includes("\\") ? `E${quoted}` : quoted;
}

function demandLength(length: number): void {
  if (length > TEXT_LENGTH_MAX) {
    throw new PostgresError("54000", "requested length too large");
  }
}

/** The elements of an array as texts; null stays. */
export function textsOf(type: SqlType, array: readonly Datum[]): (string | null)[] {
  return array.flatMap((item) => {
    if (isArray(item)) {
      return textsOf(type, item);
    }
    return [item === null ? null : type.output(item)];
  });
}
