import { isArray } from "../types/array.ts";
import { interval, jsonb, numeric, record } from "../types/behaviour.ts";
import type { Datum } from "../types/datum.ts";
import { type Json, JsonObject, parseJson, quoteJson } from "../types/json-text.ts";
import { formatJson } from "../types/jsonb.ts";
import { numericOf, parseNumeric } from "../types/numeric.ts";
import type { SqlType } from "../types/sql-type.ts";
import { str } from "../types/text.ts";
import { num, whole } from "../types/whole.ts";

/** datum_to_json: the text of a value as json, in the spacing of to_json. */
export function jsonTextOf(type: SqlType, value: Datum): string {
  if (value === null) {
    return "null";
  }
  if (type.element !== null && isArray(value)) {
    return arrayText(type.element, value);
  }
  switch (type.catalogName) {
    case "bool":
      return String(value);
    case "int2":
    case "int4":
    case "int8":
    case "numeric":
    case "float4":
    case "float8": {
      const shown = type.output(value);
      return /[a-zA-Z]/.test(shown.replace("e", "")) ? quoteJson(shown) : shown;
    }
    case "json":
      return str(value);
    case "jsonb":
      return formatJson(jsonb(value).root);
    case "record":
      return recordText(value);
    default:
      return quoteJson(momentText(type, type.output(value)));
  }
}

function arrayText(element: SqlType, array: readonly Datum[]): string {
  const shown = array.map((item) =>
    isArray(item) ? arrayText(element, item) : jsonTextOf(element, item),
  );
  return `[${shown.join(",")}]`;
}

function recordText(value: Datum): string {
  const { types, values } = record(value);
  const shown = types.map((type, at) => `"f${at + 1}":${jsonTextOf(type, values[at] ?? null)}`);
  return `{${shown.join(",")}}`;
}

/** A moment as ISO 8601 has it. */
function momentText(type: SqlType, shown: string): string {
  if (type.catalogName === "timestamp" || type.catalogName === "timestamptz") {
    const zoned = shown.replace(/([+-][0-9]{2})( BC)?$/, "$1:00$2");
    return (type.catalogName === "timestamptz" ? zoned : shown).replace(" ", "T");
  }
  return shown;
}

/** datum_to_jsonb: a value as JSON. */
export function jsonOf(type: SqlType, value: Datum): Json {
  if (value === null) {
    return null;
  }
  if (type.element !== null && isArray(value)) {
    return arrayOf(type.element, value);
  }
  switch (type.catalogName) {
    case "bool":
      return value === true;
    case "int2":
    case "int4":
    case "int8":
      return numericOf(whole(value));
    case "numeric":
      return numeric(value).special === null ? numeric(value) : numeric(value).toString();
    case "float4":
    case "float8":
      return Number.isFinite(num(value)) ? parseNumeric(type.output(value)) : type.output(value);
    case "json":
      return parseJson(str(value));
    case "jsonb":
      return jsonb(value).root;
    case "record": {
      const { types, values } = record(value);
      return new JsonObject(
        types.map((own, at) => [`f${at + 1}`, jsonOf(own, values[at] ?? null)]),
      );
    }
    case "interval":
      return interval(value).toString();
    default:
      return momentText(type, type.output(value));
  }
}

function arrayOf(element: SqlType, array: readonly Datum[]): Json {
  return array.map((item) => (isArray(item) ? arrayOf(element, item) : jsonOf(element, item)));
}
