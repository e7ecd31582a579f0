import { createArrayType } from "./array.ts";
import { parseBoolean } from "./bool.ts";
import type { Datum, Value } from "./datum.ts";
import { SqlType } from "./sql-type.ts";
import { compareText, demandEncodable, readText, str } from "./text.ts";
import { compareWhole, parseWhole } from "./whole.ts";

const plain = String;
const bool = (value: Datum): boolean => value === true;

export const TEXT = new SqlType({
  oid: 25,
  name: "text",
  catalogName: "text",
  category: "S",
  preferred: true,
  input: readText,
  output: str,
  compare: compareText,
});

export const BIGINT = new SqlType({
  oid: 20,
  name: "bigint",
  catalogName: "int8",
  category: "N",
  input: (text) => parseWhole("bigint", encodable(text)),
  output: plain,
  compare: compareWhole,
});

export const INTEGER = new SqlType({
  oid: 23,
  name: "integer",
  catalogName: "int4",
  category: "N",
  input: (text) => parseWhole("integer", encodable(text)),
  output: plain,
  compare: compareWhole,
});

export const BOOLEAN = new SqlType({
  oid: 16,
  name: "boolean",
  catalogName: "bool",
  category: "B",
  preferred: true,
  input: (text) => parseBoolean(encodable(text)),
  output: (value) => (value === true ? "t" : "f"),
  compare: (left: Value, right: Value) => Number(bool(left)) - Number(bool(right)),
});

/** So far only the whole-number result of sum(bigint). */
export const NUMERIC = new SqlType({
  oid: 1700,
  name: "numeric",
  catalogName: "numeric",
  category: "N",
  input: () => noInput("numeric"),
  output: plain,
  compare: compareWhole,
});

/** What a function gives that gives nothing; shown as an empty text. */
export const VOID = new SqlType({
  oid: 2278,
  name: "void",
  catalogName: "void",
  category: "P",
  input: () => "",
  output: () => "",
});

/** PostgreSQL's own name for a literal or parameter whose type is still open. */
export const UNKNOWN = new SqlType({
  oid: 705,
  name: "unknown",
  catalogName: "unknown",
  category: "X",
  input: readText,
  output: str,
});

const ARRAYS: ReadonlyMap<SqlType, SqlType> = new Map([
  [TEXT, createArrayType(TEXT, 1009)],
  [BIGINT, createArrayType(BIGINT, 1016)],
  [INTEGER, createArrayType(INTEGER, 1007)],
]);

const BY_CATALOG_NAME: ReadonlyMap<string, SqlType> = new Map(
  [TEXT, BIGINT, INTEGER, BOOLEAN].map((type) => [type.catalogName, type]),
);

/** The array over a type, or undefined when that array is not simulated. */
export function arrayOver(type: SqlType): SqlType | undefined {
  return ARRAYS.get(type);
}

/** The type that pg_type calls so, or undefined when it is not simulated. */
export function builtinType(catalogName: string): SqlType | undefined {
  return BY_CATALOG_NAME.get(catalogName);
}

/** True for the whole-number types, between which operators are defined. */
export function isWhole(type: SqlType): boolean {
  return type === BIGINT || type === INTEGER;
}

function encodable(text: string): string {
  demandEncodable(text);
  return text;
}

function noInput(name: string): never {
  throw new Error(`${name} has no input function yet`);
}
