import { behaviourOf } from "../types/behaviour.ts";
import { timestampOf } from "../types/calendar.ts";
import type { Datum, Value } from "../types/datum.ts";
import { compareFloat } from "../types/float.ts";
import { compareText } from "../types/text.ts";
import { compareWhole, num, whole, type Whole } from "../types/whole.ts";
import {
  argumentType,
  type Implementation,
  type Implementations,
  typed,
} from "./implementation.ts";

type Compare = (left: Value, right: Value) => number;

/** The six comparisons, by the endings of their names in PostgreSQL. */
const ENDINGS: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ["eq", (order) => order === 0],
  ["ne", (order) => order !== 0],
  ["lt", (order) => order < 0],
  ["le", (order) => order <= 0],
  ["gt", (order) => order > 0],
  ["ge", (order) => order >= 0],
]);

/** Whole numbers of one form are compared without a detour. */
const WHOLE: Implementations = {
  eq: (left, right) => left === right,
  ne: (left, right) => left !== right,
  lt: (left, right) => whole(left) < whole(right),
  le: (left, right) => whole(left) <= whole(right),
  gt: (left, right) => whole(left) > whole(right),
  ge: (left, right) => whole(left) >= whole(right),
};

/** By the beginning of their names: `int4` and `eq` make int4eq. */
const WHOLE_FAMILIES = [
  "int2",
  "int4",
  "int8",
  "int24",
  "int28",
  "int42",
  "int48",
  "int82",
  "int84",
  "oid",
  "xid8",
];
const MOMENT_FAMILIES = ["date_", "time_", "timestamp_"];

const FAMILIES: readonly (readonly [string, Compare])[] = [
  ["numeric_", behaviourCompare("numeric")],
  ["float4", compareFloat],
  ["float8", compareFloat],
  ["float48", compareFloat],
  ["float84", compareFloat],
  ["bool", behaviourCompare("bool")],
  ["bpchar", behaviourCompare("bpchar")],
  ["bytea", compareText],
  ["uuid_", compareText],
  ["name", compareText],
  ["text_", compareText],
  ["text", compareText],
  ["interval_", behaviourCompare("interval")],
  ["jsonb_", behaviourCompare("jsonb")],
  ["record_", behaviourCompare("record")],
];

/** name = text and the like: `nameeqtext`. */
const NAME_AND_TEXT: readonly (readonly [string, string])[] = [
  ["name", "text"],
  ["text", "name"],
];

/** Of two kinds of moments, of which one has to become the other's: `date_eq_timestamp`. */
const CROSS_MOMENTS: readonly (readonly [string, string, Compare])[] = [
  ["date", "timestamp", (left, right) => compareWhole(momentOfDate(left), right)],
  ["date", "timestamptz", (left, right) => compareWhole(momentOfDate(left), right)],
  ["timestamp", "date", (left, right) => compareWhole(left, momentOfDate(right))],
  ["timestamptz", "date", (left, right) => compareWhole(left, momentOfDate(right))],
  ["timestamp", "timestamptz", compareWhole],
  ["timestamptz", "timestamp", compareWhole],
];

/** The midnight of a date; one out of a timestamp's range is beyond all of them. */
function momentOfDate(date: Datum): Whole {
  const days = num(date);
  if (!Number.isFinite(days)) {
    return days;
  }
  try {
    return timestampOf(days, 0);
  } catch {
    return days > 0 ? Number.MAX_VALUE : -Number.MAX_VALUE;
  }
}

/** Every comparison operator. */
export const COMPARISONS: Implementations = Object.fromEntries([
  ...[...WHOLE_FAMILIES, ...MOMENT_FAMILIES].flatMap((family) =>
    Object.entries(WHOLE).map(([ending, compute]): [string, Implementation] => [
      family + ending,
      compute,
    ]),
  ),
  ...FAMILIES.flatMap(([family, compare]) => comparisonsOf(compare, (ending) => family + ending)),
  ...NAME_AND_TEXT.flatMap(([left, right]) =>
    comparisonsOf(compareText, (ending) => left + ending + right),
  ),
  ...CROSS_MOMENTS.flatMap(([left, right, compare]) =>
    comparisonsOf(compare, (ending) => `${left}_${ending}_${right}`),
  ),
  ...["array_", "enum_"].flatMap((family) =>
    [...ENDINGS].map(([ending, holds]): [string, Implementation] => [
      family + ending,
      typed((types) => {
        const type = argumentType(types, 0);
        return (left, right) => holds(type.compare(present(left), present(right)));
      }),
    ]),
  ),
]);

function comparisonsOf(
  compare: Compare,
  name: (ending: string) => string,
): [string, Implementation][] {
  return [...ENDINGS].map(([ending, holds]) => [
    name(ending),
    (left, right) => holds(compare(present(left), present(right))),
  ]);
}

function behaviourCompare(catalogName: string): Compare {
  const { compare } = behaviourOf(catalogName);
  if (compare === undefined) {
    throw new Error(`${catalogName} has no order`);
  }
  return compare;
}

/** A value that a strict function was given, which is not null. */
function present(value: Datum): Value {
  if (value === null) {
    throw new Error("a strict function was given null");
  }
  return value;
}
