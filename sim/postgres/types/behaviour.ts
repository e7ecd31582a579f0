import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { parseBoolean } from "./bool.ts";
import { formatBytea, parseBytea } from "./bytea.ts";
import { formatDate, formatTime, formatTimestamp } from "./calendar.ts";
import {
  clipName,
  compareCharacter,
  fitCharacter,
  fitVarchar,
  trimCharacter,
} from "./character.ts";
import { parseDate, parseTime, parseTimestamp, parseTimestamptz } from "./date-time-text.ts";
import type { Datum, Value } from "./datum.ts";
import { compareFloat, formatFloat4, formatFloat8, parseFloat4, parseFloat8 } from "./float.ts";
import { Interval, parseInterval, spanOf } from "./interval.ts";
import { parseJson } from "./json-text.ts";
import { compareJsonb, Jsonb, jsonbKey, parseJsonb } from "./jsonb.ts";
import { lengthModifier, precisionModifier, readNumericModifier } from "./modifier.ts";
import {
  powerOfTen,
  compareNumeric,
  fitNumeric,
  Numeric,
  parseNumeric,
  trimNumeric,
} from "./numeric.ts";
import { compareRecords, recordKey, SqlRecord } from "./record.ts";
import type { SqlTypeDefinition } from "./sql-type.ts";
import { compareText, demandEncodable, readText, str } from "./text.ts";
import { parseUuid } from "./uuid.ts";
import { canonical, compareWhole, num, parseWhole, whole, type Whole } from "./whole.ts";

/** What a type does; the rest of its definition stands in pg_type. */
export type TypeBehaviour = Pick<
  SqlTypeDefinition,
  "input" | "output" | "compare" | "hashKey" | "modifier"
>;

/** The value as a numeric. @throws Error for a value of another type, which is a bug */
export function numeric(value: Datum): Numeric {
  if (value instanceof Numeric) {
    return value;
  }
  throw new Error(`a numeric was expected, not ${String(value)}`);
}

/** The value as an interval. @throws Error for a value of another type, which is a bug */
export function interval(value: Datum): Interval {
  if (value instanceof Interval) {
    return value;
  }
  throw new Error(`an interval was expected, not ${String(value)}`);
}

/** The value as a jsonb. @throws Error for a value of another type, which is a bug */
export function jsonb(value: Datum): Jsonb {
  if (value instanceof Jsonb) {
    return value;
  }
  throw new Error(`a jsonb was expected, not ${String(value)}`);
}

/** The value as a record. @throws Error for a value of another type, which is a bug */
export function record(value: Datum): SqlRecord {
  if (value instanceof SqlRecord) {
    return value;
  }
  throw new Error(`a record was expected, not ${String(value)}`);
}

const text: TypeBehaviour = { input: readText, output: str, compare: compareText };
const wholeNumber = (name: "bigint" | "integer" | "smallint"): TypeBehaviour => ({
  input: (shown) => parseWhole(name, encodable(shown)),
  output: String,
  compare: compareWhole,
});

/** What the simulated types do, by their names in pg_type. */
export const BEHAVIOURS: ReadonlyMap<string, TypeBehaviour> = new Map<string, TypeBehaviour>([
  [
    "bool",
    {
      input: (shown) => parseBoolean(encodable(shown)),
      output: (value) => (value === true ? "t" : "f"),
      compare: (left, right) => Number(left === true) - Number(right === true),
    },
  ],
  ["int2", wholeNumber("smallint")],
  ["int4", wholeNumber("integer")],
  ["int8", wholeNumber("bigint")],
  [
    "numeric",
    {
      input: (shown, typmod) => fitNumeric(parseNumeric(encodable(shown)), typmod),
      output: String,
      compare: (left, right) => compareNumeric(numeric(left), numeric(right)),
      hashKey: (value) => trimNumeric(numeric(value)).toString(),
      modifier: {
        read: readNumericModifier,
        fit: (value, typmod) => fitNumeric(numeric(value), typmod),
      },
    },
  ],
  [
    "float4",
    {
      input: (shown) => parseFloat4(encodable(shown)),
      output: (value) => formatFloat4(num(value)),
      compare: compareFloat,
    },
  ],
  [
    "float8",
    {
      input: (shown) => parseFloat8(encodable(shown)),
      output: (value) => formatFloat8(num(value)),
      compare: compareFloat,
    },
  ],
  ["text", text],
  [
    "varchar",
    {
      ...text,
      input: (shown, typmod) => fitVarchar(readText(shown), typmod, false),
      modifier: lengthModifier("varchar", (value, typmod, isCast) =>
        fitVarchar(str(value), typmod, isCast),
      ),
    },
  ],
  [
    "bpchar",
    {
      input: (shown, typmod) => fitCharacter(readText(shown), typmod, false),
      output: str,
      compare: compareCharacter,
      hashKey: (value) => trimCharacter(str(value)),
      modifier: lengthModifier("char", (value, typmod, isCast) =>
        fitCharacter(str(value), typmod, isCast),
      ),
    },
  ],
  ["name", { ...text, input: (shown) => clipName(readText(shown)) }],
  ["unknown", { input: readText, output: str }],
  ["void", { input: () => "", output: () => "" }],
  // The name stands for the relation; whether there is one is asked where it is used.
  ["regclass", { input: (shown) => relationName(encodable(shown)), output: str }],
  ["uuid", { input: (shown) => parseUuid(encodable(shown)), output: str, compare: compareText }],
  [
    "bytea",
    {
      input: (shown) => parseBytea(encodable(shown)),
      output: (value) => formatBytea(str(value)),
      compare: compareText,
    },
  ],
  [
    "date",
    {
      input: (shown) => parseDate(encodable(shown)),
      output: (value) => showInfinity(value, () => formatDate(num(value))),
      compare: compareWhole,
    },
  ],
  [
    "time",
    {
      input: (shown, typmod) => num(roundMicros(parseTime(encodable(shown)), typmod)),
      output: (value) => formatTime(num(value)),
      compare: compareWhole,
      modifier: precisionModifier("TIME", (value, typmod) => roundMicros(whole(value), typmod)),
    },
  ],
  [
    "timestamp",
    {
      input: (shown, typmod) => roundMicros(parseTimestamp(encodable(shown)), typmod),
      output: (value) => showInfinity(value, () => formatTimestamp(whole(value), "")),
      compare: compareWhole,
      modifier: precisionModifier("TIMESTAMP", (value, typmod) =>
        roundMicros(whole(value), typmod),
      ),
    },
  ],
  [
    "timestamptz",
    {
      input: (shown, typmod) => roundMicros(parseTimestamptz(encodable(shown)), typmod),
      output: (value) => showInfinity(value, () => formatTimestamp(whole(value), "+00")),
      compare: compareWhole,
      modifier: precisionModifier("TIMESTAMP", (value, typmod) =>
        roundMicros(whole(value), typmod),
      ),
    },
  ],
  [
    "interval",
    {
      input: (shown) => parseInterval(encodable(shown)),
      output: String,
      compare: (left, right) => compareWhole(spanOf(interval(left)), spanOf(interval(right))),
      hashKey: (value) => spanOf(interval(value)),
      modifier: precisionModifier("INTERVAL", (value, typmod) => roundInterval(value, typmod)),
    },
  ],
  ["json", { input: readJson, output: str }],
  [
    "jsonb",
    {
      input: (shown) => parseJsonb(encodable(shown)),
      output: String,
      compare: (left, right) => compareJsonb(jsonb(left), jsonb(right)),
      hashKey: (value) => jsonbKey(jsonb(value).root),
    },
  ],
  [
    "record",
    {
      input: noRecord,
      output: String,
      compare: (left, right) => compareRecords(record(left), record(right)),
      hashKey: (value) => recordKey(record(value)),
    },
  ],
  ["regtype", { input: noRegtype, output: str, compare: compareText }],
  [
    "xid8",
    {
      input: (shown) => parseWhole("bigint", encodable(shown)),
      output: String,
      compare: compareWhole,
    },
  ],
  ["pg_snapshot", { input: noSnapshot, output: () => noSnapshot("its text") }],
  [
    "oid",
    {
      input: (shown) => Number(parseWhole("bigint", shown)) >>> 0,
      output: String,
      compare: compareWhole,
    },
  ],
]);

function encodable(shown: string): string {
  demandEncodable(shown);
  return shown;
}

function readJson(shown: string): string {
  parseJson(encodable(shown));
  return readText(shown);
}

/** The value of a regtype is the name of the type. */
function noRegtype(shown: string): never {
  throw new NotSimulated("a regtype that is written", shown);
}

/** Only the oldest open transaction is kept of a snapshot. */
function noSnapshot(shown: string): never {
  throw new NotSimulated("a pg_snapshot as text", shown);
}

function noRecord(): never {
  throw new PostgresError("0A000", "input of anonymous composite types is not implemented");
}

function showInfinity(value: Value, show: () => string): string {
  if (value === Infinity) {
    return "infinity";
  }
  return value === -Infinity ? "-infinity" : show();
}

/** AdjustTimestampForTypmod: rounded to that many digits behind the second, half away from zero. */
function roundMicros(value: Whole, typmod: number): Whole {
  if (typmod < 0 || typmod >= 6 || value === Infinity || value === -Infinity) {
    return value;
  }
  const unit = Number(powerOfTen(6 - typmod));
  if (typeof value === "number") {
    const rounded = Math.floor((Math.abs(value) + unit / 2) / unit) * unit;
    return value < 0 ? 0 - rounded : rounded;
  }
  const size = value < 0n ? -value : value;
  const rounded = ((size + BigInt(unit / 2)) / BigInt(unit)) * BigInt(unit);
  return canonical(value < 0n ? -rounded : rounded);
}

function roundInterval(value: Value, typmod: number): Interval {
  const { months, days, micros } = interval(value);
  return new Interval(months, days, roundMicros(micros, typmod));
}

/** What a type does, by its name in pg_type. @throws Error when it is not simulated */
export function behaviourOf(catalogName: string): TypeBehaviour {
  const behaviour = BEHAVIOURS.get(catalogName);
  if (behaviour === undefined) {
    throw new Error(`type ${catalogName} is not simulated`);
  }
  return behaviour;
}

/** A name as it would be written: without its quotes, or in small letters. */
function relationName(shown: string): string {
  const name = shown.trim().replace(/^public\./, "");
  const quoted = /^"((?:[^"]|"")*)"$/.exec(name)?.[1];
  return quoted === undefined ? name.toLowerCase() : quoted.replaceAll('""', '"');
}
