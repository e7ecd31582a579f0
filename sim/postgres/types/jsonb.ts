import { PostgresError } from "../ground/postgres-error.ts";
import { Composite } from "./datum.ts";
import { isJsonArray, type Json, JsonObject, parseJson, quoteJson } from "./json-text.ts";
import { compareNumeric, Numeric, trimNumeric } from "./numeric.ts";
import { compareText } from "./text.ts";

/** A jsonb: its keys are in order, each once. A class, so that JSON's null is no null of SQL. */
export class Jsonb extends Composite {
  readonly root: Json;

  constructor(root: Json) {
    super();
    this.root = root;
  }

  /** jsonb_out. */
  override toString(): string {
    return formatJson(this.root);
  }
}

/** jsonb_in. @throws PostgresError 22P02, and 22P05 for a zero character */
export function parseJsonb(text: string): Jsonb {
  return new Jsonb(normalize(parseJson(text)));
}

/** The value with its keys in jsonb's order, the last of equal ones. */
export function normalize(value: Json): Json {
  if (typeof value === "string") {
    if (value.includes("\0")) {
      const detail = String.raw`\u0000 cannot be converted to text.`;
      throw new PostgresError("22P05", "unsupported Unicode escape sequence", { detail });
    }
    return value;
  }
  if (value instanceof JsonObject) {
    return objectOf(value.members.map(([key, member]) => [key, normalize(member)]));
  }
  return value !== null && typeof value === "object" && isJsonArray(value)
    ? value.map(normalize)
    : value;
}

/** An object of these members: in jsonb's order, the last of equal keys. */
export function objectOf(members: readonly (readonly [string, Json])[]): JsonObject {
  const last = new Map(members);
  return new JsonObject([...last].toSorted(([left], [right]) => compareKeys(left, right)));
}

/** lengthCompareJsonbStringValue: the shorter key in bytes first. */
function compareKeys(left: string, right: string): number {
  return byteLength(left) - byteLength(right) || compareText(left, right);
}

const encoder = new TextEncoder();
function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** The text of a value, with a space after each comma and colon. */
export function formatJson(value: Json): string {
  if (value === null || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "string") {
    return quoteJson(value);
  }
  if (value instanceof Numeric) {
    return value.toString();
  }
  if (value instanceof JsonObject) {
    const shown = value.members.map(([key, member]) => `${quoteJson(key)}: ${formatJson(member)}`);
    return `{${shown.join(", ")}}`;
  }
  return `[${value.map(formatJson).join(", ")}]`;
}

/** compareJsonbContainers. */
export function compareJsonb(left: Jsonb, right: Jsonb): number {
  const a = left.root;
  const b = right.root;
  // A scalar by itself is stored as an array of one element, below every other array of one.
  if (isArrayLike(a) && isArrayLike(b) && isScalar(a) !== isScalar(b)) {
    const [length, otherLength] = [lengthOf(a), lengthOf(b)];
    if (length !== otherLength) {
      return length - otherLength;
    }
    return isScalar(a) ? -1 : 1;
  }
  return compareJson(a, b);
}

function compareJson(left: Json, right: Json): number {
  const rank = rankOf(left) - rankOf(right);
  if (rank !== 0) {
    return rank;
  }
  if (typeof left === "string" && typeof right === "string") {
    return compareText(left, right);
  }
  if (left instanceof Numeric && right instanceof Numeric) {
    return compareNumeric(left, right);
  }
  if (left instanceof JsonObject && right instanceof JsonObject) {
    return compareObjects(left, right);
  }
  if (typeof left === "boolean") {
    return Number(left) - Number(right);
  }
  return isList(left) && isList(right) ? compareLists(left, right) : 0;
}

function compareLists(left: readonly Json[], right: readonly Json[]): number {
  let order = left.length - right.length;
  for (let at = 0; order === 0 && at < left.length; at += 1) {
    order = compareJson(left[at] ?? null, right[at] ?? null);
  }
  return order;
}

function compareObjects(left: JsonObject, right: JsonObject): number {
  let order = left.members.length - right.members.length;
  for (let at = 0; order === 0 && at < left.members.length; at += 1) {
    const [key, value] = left.members[at] ?? ["", null];
    const [otherKey, otherValue] = right.members[at] ?? ["", null];
    order = compareText(key, otherKey) || compareJson(value, otherValue);
  }
  return order;
}

/** The text of a jsonb in which equal numbers are written alike. */
export function jsonbKey(value: Json): string {
  if (value instanceof Numeric) {
    return trimNumeric(value).toString();
  }
  if (value instanceof JsonObject) {
    return `{${value.members.map(([key, member]) => `${quoteJson(key)}:${jsonbKey(member)}`).join()}}`;
  }
  return isList(value) ? `[${value.map(jsonbKey).join()}]` : formatJson(value);
}

function rankOf(value: Json): number {
  if (value === null) {
    return 0;
  }
  switch (typeof value) {
    case "string":
      return 1;
    case "boolean":
      return 3;
    default:
      return value instanceof Numeric ? 2 : isList(value) ? 4 : 5;
  }
}

/** True for an array of JSON. */
export function isList(value: Json): value is readonly Json[] {
  return typeof value === "object" && value !== null && isJsonArray(value);
}

function isScalar(value: Json): boolean {
  return rankOf(value) < 4;
}

function isArrayLike(value: Json): boolean {
  return !(value instanceof JsonObject);
}

function lengthOf(value: Json): number {
  return isList(value) ? value.length : 1;
}
