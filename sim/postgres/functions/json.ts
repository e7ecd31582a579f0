import { PostgresError } from "../ground/postgres-error.ts";
import { isArray } from "../types/array.ts";
import { numeric, jsonb } from "../types/behaviour.ts";
import type { Datum, Value } from "../types/datum.ts";
import {
  isJsonArray,
  type Json,
  JsonObject,
  parseJson,
  parseJsonWithPlaces,
  quoteJson,
} from "../types/json-text.ts";
import { compareJsonb, formatJson, isList, Jsonb, normalize, objectOf } from "../types/jsonb.ts";
import { Numeric } from "../types/numeric.ts";
import type { SqlType } from "../types/sql-type.ts";
import { str } from "../types/text.ts";
import { num } from "../types/whole.ts";
import { argumentType, type Compute, type Implementations, typed } from "./implementation.ts";
import { jsonTextOf, jsonOf } from "./json-value.ts";
import { NUMERIC_FUNCTIONS } from "./numeric.ts";

/**
 * The text of a piece of a json, as it was written. A number is an object of its own, so its place
 * is
 * known as that of an object or an array is; the others have only one way to be written.
 */
function written(text: string, find: (root: Json) => Json | undefined): string | null {
  const places = new Map<Json, string>();
  const root = parseJsonWithPlaces(text, (value, { from, to }) => {
    places.set(value, text.slice(from, to));
  });
  const found = find(root);
  if (found === undefined) {
    return null;
  }
  return typeof found === "object" && found !== null
    ? (places.get(found) ?? formatJson(found))
    : formatJson(found);
}

/** What a step of a path finds: the member of an object, or an element counted from either end. */
function step(value: Json | undefined, key: string): Json | undefined {
  if (value instanceof JsonObject) {
    return value.get(key);
  }
  if (value !== undefined && isList(value) && /^\s*[+-]?[0-9]+\s*$/.test(key)) {
    return value.at(Number(key));
  }
  return undefined;
}

function follow(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const key of path) {
    value = step(value, key);
  }
  return value;
}

/** The keys of a path; null when one of them is null, for then nothing is found. */
function pathOf(value: Datum): readonly string[] | null {
  const keys = isArray(value) ? value : [];
  return keys.includes(null) ? null : keys.map(str);
}

function member(value: Json, key: string): Json | undefined {
  return value instanceof JsonObject ? value.get(key) : undefined;
}

function element(value: Json, at: number): Json | undefined {
  return isList(value) ? value.at(at) : undefined;
}

/** A scalar by itself is stored as an array of one element. */
function elementOfJsonb(value: Json, at: number): Json | undefined {
  return value instanceof JsonObject ? undefined : (isList(value) ? value : [value]).at(at);
}

/** ->>: a string without its quotes, JSON's null as SQL's. */
function asText(value: Json | undefined): string | null {
  if (value === undefined || value === null) {
    return null;
  }
  return typeof value === "string" ? value : formatJson(value);
}

function asJsonb(value: Json | undefined): Jsonb | null {
  return value === undefined ? null : new Jsonb(value);
}

/** JsonbDeepContains: every part of the right one is found in the left one. */
function contains(left: Json, right: Json, isTop: boolean): boolean {
  if (right instanceof JsonObject) {
    return (
      left instanceof JsonObject &&
      right.members.every(([key, value]) => {
        const own = left.get(key);
        return own !== undefined && contains(own, value, false);
      })
    );
  }
  if (isList(right)) {
    return (
      isList(left) && right.every((wanted) => left.some((own) => contains(own, wanted, false)))
    );
  }
  if (isList(left)) {
    return isTop && left.some((own) => isEqualScalar(own, right));
  }
  return isEqualScalar(left, right);
}

function isEqualScalar(left: Json, right: Json): boolean {
  return (
    !(left instanceof JsonObject) &&
    !isList(left) &&
    compareJsonb(new Jsonb(left), new Jsonb(right)) === 0
  );
}

function exists({ root }: Jsonb, key: string): boolean {
  if (root instanceof JsonObject) {
    return root.get(key) !== undefined;
  }
  return isList(root) ? root.includes(key) : root === key;
}

function concatenated(left: Json, right: Json): Json {
  if (left instanceof JsonObject && right instanceof JsonObject) {
    return objectOf([...left.members, ...right.members]);
  }
  return [...(isList(left) ? left : [left]), ...(isList(right) ? right : [right])];
}

function withoutKeys({ root }: Jsonb, keys: readonly string[]): Jsonb {
  if (root instanceof JsonObject) {
    return new Jsonb(new JsonObject(root.members.filter(([key]) => !keys.includes(key))));
  }
  if (!isList(root)) {
    throw new PostgresError("22023", "cannot delete from scalar");
  }
  return new Jsonb(root.filter((item) => typeof item !== "string" || !keys.includes(item)));
}

function withoutElement({ root }: Jsonb, at: number): Jsonb {
  if (root instanceof JsonObject) {
    throw new PostgresError("22023", "cannot delete from object using integer index");
  }
  if (!isList(root)) {
    throw new PostgresError("22023", "cannot delete from scalar");
  }
  const place = at < 0 ? root.length + at : at;
  return new Jsonb(root.filter((_, index) => index !== place));
}

interface PathChange {
  readonly path: readonly (string | null)[];
  /** Undefined to delete. */
  readonly value: Json | undefined;
  readonly mode: "set" | "create" | "before" | "after" | "delete";
}

/** setPath of jsonfuncs.c. */
function changed(root: Json, change: PathChange, depth: number): Json {
  const key = change.path[depth];
  if (key === undefined) {
    return root;
  }
  if (key === null) {
    throw new PostgresError("22004", `path element at position ${depth + 1} is null`);
  }
  if (root instanceof JsonObject) {
    return changedObject(root, key, change, depth);
  }
  return isList(root) ? changedArray(root, key, change, depth) : root;
}

function changedObject(root: JsonObject, key: string, change: PathChange, depth: number): Json {
  const { mode, value } = change;
  const isLast = depth === change.path.length - 1;
  const own = root.get(key);
  if (!isLast) {
    return own === undefined
      ? root
      : objectOf([...root.members, [key, changed(own, change, depth + 1)]]);
  }
  if (mode === "delete") {
    return new JsonObject(root.members.filter(([name]) => name !== key));
  }
  if (own !== undefined && (mode === "before" || mode === "after")) {
    throw new PostgresError("22023", "cannot replace existing key", {
      hint: "Try using the function jsonb_set to replace key value.",
    });
  }
  if (own === undefined && mode === "set") {
    return root;
  }
  return objectOf([...root.members, [key, value ?? null]]);
}

function changedArray(root: readonly Json[], key: string, change: PathChange, depth: number): Json {
  if (!/^\s*[+-]?[0-9]+\s*$/.test(key)) {
    const message = `path element at position ${depth + 1} is not an integer: "${key}"`;
    throw new PostgresError("22P02", message);
  }
  const written = Number(key);
  const { mode, value } = change;
  const at = written < 0 ? root.length + written : written;
  const isInside = at >= 0 && at < root.length;
  if (depth < change.path.length - 1) {
    return isInside ? root.with(at, changed(root[at] ?? null, change, depth + 1)) : root;
  }
  if (mode === "delete") {
    return root.filter((_, index) => index !== at);
  }
  if (!isInside) {
    if (mode === "set") {
      return root;
    }
    return at < 0 ? [value ?? null, ...root] : [...root, value ?? null];
  }
  if (mode === "before" || mode === "after") {
    return root.toSpliced(mode === "before" ? at : at + 1, 0, value ?? null);
  }
  return root.with(at, value ?? null);
}

function change(
  target: Datum,
  path: Datum,
  value: Json | undefined,
  mode: PathChange["mode"],
): Jsonb {
  const { root } = jsonb(target);
  if (root === null || typeof root !== "object" || root instanceof Numeric) {
    const verb = mode === "delete" ? "cannot delete path in scalar" : "cannot set path in scalar";
    throw new PostgresError("22023", verb);
  }
  const isEmpty = root instanceof JsonObject ? root.members.length === 0 : root.length === 0;
  if (isEmpty && (mode === "set" || mode === "delete")) {
    return jsonb(target);
  }
  const keys = isArray(path) ? path.map((key) => (key === null ? null : str(key))) : [];
  return new Jsonb(changed(root, { path: keys, value, mode }, 0));
}

function withoutNulls(value: Json): Json {
  if (value instanceof JsonObject) {
    const kept = value.members.filter(([, own]) => own !== null);
    return new JsonObject(kept.map(([key, own]) => [key, withoutNulls(own)]));
  }
  return isList(value) ? value.map(withoutNulls) : value;
}

function pretty(value: Json, indent: string): string {
  const inner = `${indent}    `;
  if (value instanceof JsonObject) {
    const shown = value.members.map(
      ([key, own]) => `${inner}${quoteJson(key)}: ${pretty(own, inner)}`,
    );
    return shown.length === 0 ? `{\n${indent}}` : `{\n${shown.join(",\n")}\n${indent}}`;
  }
  if (isList(value)) {
    const shown = value.map((own) => inner + pretty(own, inner));
    return shown.length === 0 ? `[\n${indent}]` : `[\n${shown.join(",\n")}\n${indent}]`;
  }
  return formatJson(value);
}

function typeOf(value: Json): string {
  if (value === null) {
    return "null";
  }
  if (value instanceof Numeric) {
    return "number";
  }
  return typeof value === "object" ? (isJsonArray(value) ? "array" : "object") : typeof value;
}

function lengthOfArray(value: Json): number {
  if (isList(value)) {
    return value.length;
  }
  const kind = value instanceof JsonObject ? "a non-array" : "a scalar";
  throw new PostgresError("22023", `cannot get array length of ${kind}`);
}

/**
 * The scalar of a jsonb that is cast to another type. @throws PostgresError 22023 for another kind
 */
function scalarAs(kind: "number" | "boolean", type: string, compute: Compute): Compute {
  return (value) => {
    const { root } = jsonb(value);
    const found = typeOf(root);
    if (found !== kind) {
      const shown =
        { null: "null", object: "object", array: "array", number: "numeric" }[found] ?? found;
      throw new PostgresError("22023", `cannot cast jsonb ${shown} to type ${type}`);
    }
    return root instanceof Numeric ? compute(root) : root === true;
  };
}

function numericCast(type: string, source: string): Compute {
  const implementation = NUMERIC_FUNCTIONS[source];
  if (typeof implementation !== "function") {
    throw new Error(`no cast ${source}`);
  }
  return scalarAs("number", type, implementation);
}

/**
 * Members of an object as pairs of arguments. @throws PostgresError 22023 for an odd one, a null
 * key
 */
function pairsOf(
  types: readonly SqlType[],
  values: readonly Datum[],
  name: string,
): [string, SqlType, Datum][] {
  if (values.length % 2 !== 0) {
    throw new PostgresError("22023", "argument list must have even number of elements", {
      hint: `The arguments of ${name}() must consist of alternating keys and values.`,
    });
  }
  const pairs: [string, SqlType, Datum][] = [];
  for (let at = 0; at < values.length; at += 2) {
    const [keyType, type] = [types[at], types[at + 1]];
    const key = values[at] ?? null;
    if (keyType === undefined || type === undefined) {
      continue;
    }
    if (key === null) {
      if (name === "json_build_object") {
        const hint = "Object keys should be text.";
        throw new PostgresError("22023", `argument ${at + 1} cannot be null`, { hint });
      }
      throw new PostgresError("22023", `argument ${at + 1}: key must not be null`);
    }
    pairs.push([keyText(keyType, key), type, values[at + 1] ?? null]);
  }
  return pairs;
}

/** A key of an object: of a scalar, by its text. */
export function keyText(type: SqlType, key: Value): string {
  const isScalar = type.element === null && !["json", "jsonb", "record"].includes(type.catalogName);
  if (!isScalar) {
    const message = "key value must be scalar, not array, composite, or json";
    throw new PostgresError("22023", message);
  }
  return typeof key === "boolean" ? String(key) : type.output(key);
}

function objectFromArrays(keys: Datum, values: Datum): [string, Json][] {
  const names = isArray(keys) ? keys : [];
  const texts = isArray(values) ? values : [];
  if (names.length !== texts.length) {
    throw new PostgresError("2202E", "mismatched array dimensions");
  }
  return names.map((name, at) => {
    if (name === null) {
      throw new PostgresError("22004", "null value not allowed for object key");
    }
    const text = texts[at] ?? null;
    return [str(name), text === null ? null : str(text)];
  });
}

function objectFromPairs(pairs: Datum): [string, Json][] {
  const all = isArray(pairs) ? pairs : [];
  if (all.some((item) => isArray(item))) {
    const rows = all.map((item) => (isArray(item) ? item : []));
    if (rows.some((row) => row.length !== 2)) {
      throw new PostgresError("2202E", "array must have two columns");
    }
    return objectFromArrays(
      rows.map(([key]) => key ?? null),
      rows.map(([, value]) => value ?? null),
    );
  }
  if (all.length % 2 !== 0) {
    throw new PostgresError("2202E", "array must have even number of elements");
  }
  return objectFromArrays(
    all.filter((_, at) => at % 2 === 0),
    all.filter((_, at) => at % 2 === 1),
  );
}

function plainObject(pairs: readonly [string, Json][]): string {
  return `{${pairs.map(([key, value]) => `${quoteJson(key)} : ${formatJson(value)}`).join(", ")}}`;
}

/** Operators, functions and casts of json and jsonb. */
export const JSON_FUNCTIONS: Implementations = {
  json_object_field: (text, key) => written(str(text), (root) => member(root, str(key))),
  json_array_element: (text, at) => written(str(text), (root) => element(root, num(at))),
  json_extract_path: (text, path) => extracted(str(text), pathOf(path)),
  json_object_field_text: (text, key) => jsonText(str(text), (root) => member(root, str(key))),
  json_array_element_text: (text, at) => jsonText(str(text), (root) => element(root, num(at))),
  json_extract_path_text: (text, path) => {
    const keys = pathOf(path);
    return keys === null ? null : jsonText(str(text), (root) => follow(root, keys));
  },
  json_array_length: (text) => lengthOfArray(parseJson(str(text))),
  json_typeof: (text) => typeOf(parseJson(str(text))),
  jsonb_object_field: (value, key) => asJsonb(member(jsonb(value).root, str(key))),
  jsonb_array_element: (value, at) => asJsonb(elementOfJsonb(jsonb(value).root, num(at))),
  jsonb_object_field_text: (value, key) => asText(member(jsonb(value).root, str(key))),
  jsonb_array_element_text: (value, at) => asText(elementOfJsonb(jsonb(value).root, num(at))),
  jsonb_extract_path: (value, path) => {
    const keys = pathOf(path);
    return keys === null ? null : asJsonb(follow(jsonb(value).root, keys));
  },
  jsonb_extract_path_text: (value, path) => {
    const keys = pathOf(path);
    return keys === null ? null : asText(follow(jsonb(value).root, keys));
  },
  jsonb_contains: (left, right) => contains(jsonb(left).root, jsonb(right).root, true),
  jsonb_contained: (left, right) => contains(jsonb(right).root, jsonb(left).root, true),
  jsonb_exists: (value, key) => exists(jsonb(value), str(key)),
  jsonb_exists_any: (value, keys) =>
    isArray(keys) && keys.some((key) => key !== null && exists(jsonb(value), str(key))),
  jsonb_exists_all: (value, keys) =>
    isArray(keys) && keys.every((key) => key === null || exists(jsonb(value), str(key))),
  jsonb_concat: (left, right) => new Jsonb(concatenated(jsonb(left).root, jsonb(right).root)),
  jsonb_delete: (value, key) => withoutKeys(jsonb(value), [str(key)]),
  jsonb_delete_array: (value, keys) =>
    withoutKeys(jsonb(value), isArray(keys) ? keys.filter((key) => key !== null).map(str) : []),
  jsonb_delete_idx: (value, at) => withoutElement(jsonb(value), num(at)),
  jsonb_delete_path: (value, path) => change(value, path, undefined, "delete"),
  jsonb_set: (value, path, by, creates) =>
    change(value, path, jsonb(by).root, creates === true ? "create" : "set"),
  jsonb_insert: (value, path, by, after) =>
    change(value, path, jsonb(by).root, after === true ? "after" : "before"),
  jsonb_strip_nulls: (value) => new Jsonb(withoutNulls(jsonb(value).root)),
  jsonb_pretty: (value) => pretty(jsonb(value).root, ""),
  jsonb_typeof: (value) => typeOf(jsonb(value).root),
  jsonb_array_length: (value) => lengthOfArray(jsonb(value).root),
  jsonb_bool: scalarAs("boolean", "boolean", (value) => value),
  jsonb_numeric: scalarAs("number", "numeric", (value) => numeric(value)),
  jsonb_int2: numericCast("smallint", "numeric_int2"),
  jsonb_int4: numericCast("integer", "numeric_int4"),
  jsonb_int8: numericCast("bigint", "numeric_int8"),
  jsonb_float4: numericCast("real", "numeric_float4"),
  jsonb_float8: numericCast("double precision", "numeric_float8"),
  to_json: typed((types) => {
    const type = argumentType(types, 0);
    return (value) => jsonTextOf(type, value);
  }),
  to_jsonb: typed((types) => {
    const type = argumentType(types, 0);
    return (value) => new Jsonb(normalize(jsonOf(type, value)));
  }),
  row_to_json: typed((types) => {
    const type = argumentType(types, 0);
    return (value) => jsonTextOf(type, value);
  }),
  array_to_json: typed((types) => {
    const type = argumentType(types, 0);
    return (value) => jsonTextOf(type, value);
  }),
  json_build_object: typed((types) => (...values) => {
    const shown = pairsOf(types.arguments, values, "json_build_object").map(
      ([key, type, value]) => `${quoteJson(key)} : ${jsonTextOf(type, value)}`,
    );
    return `{${shown.join(", ")}}`;
  }),
  json_build_object_noargs: () => "{}",
  json_build_array: typed(
    (types) =>
      (...values) =>
        `[${types.arguments.map((type, at) => jsonTextOf(type, values[at] ?? null)).join(", ")}]`,
  ),
  json_build_array_noargs: () => "[]",
  jsonb_build_object: typed(
    (types) =>
      (...values) =>
        new Jsonb(
          objectOf(
            pairsOf(types.arguments, values, "jsonb_build_object").map(([key, type, value]) => [
              key,
              normalize(jsonOf(type, value)),
            ]),
          ),
        ),
  ),
  jsonb_build_object_noargs: () => new Jsonb(new JsonObject([])),
  jsonb_build_array: typed(
    (types) =>
      (...values) =>
        new Jsonb(types.arguments.map((type, at) => normalize(jsonOf(type, values[at] ?? null)))),
  ),
  jsonb_build_array_noargs: () => new Jsonb([]),
  json_object: (pairs) => plainObject(objectFromPairs(pairs)),
  json_object_two_arg: (keys, values) => plainObject(objectFromArrays(keys, values)),
  jsonb_object: (pairs) => new Jsonb(objectOf(objectFromPairs(pairs))),
  jsonb_object_two_arg: (keys, values) => new Jsonb(objectOf(objectFromArrays(keys, values))),
};

function extracted(text: string, path: readonly string[] | null): string | null {
  if (path === null) {
    return null;
  }
  return path.length === 0 ? text : written(text, (root) => follow(root, path));
}

/** A string without its quotes; all else as it was written. */
function jsonText(text: string, find: (root: Json) => Json | undefined): string | null {
  const found = find(parseJson(text));
  return typeof found === "object" && found !== null ? written(text, find) : asText(found);
}
