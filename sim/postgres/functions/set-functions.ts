import { PostgresError } from "../ground/postgres-error.ts";
import { flatten, items } from "../types/array.ts";
import type { Datum, Value } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { argumentType, type CallTypes, type Compute } from "./implementation.ts";
import { IMPLEMENTATIONS } from "./implementations.ts";

/** The values that a function which gives a set has for arguments of which none is null. */
export type SetFunction = (...values: readonly Value[]) => Iterable<Datum>;

/** Functions that give a set of values, by the name of PostgreSQL's C function. */
export const SET_FUNCTIONS: ReadonlyMap<string, (types: CallTypes) => SetFunction> = new Map([
  ["generate_series_int4", seriesBy("int4pl", 1)],
  ["generate_series_step_int4", seriesBy("int4pl", 1)],
  ["generate_series_int8", seriesBy("int8pl", 1)],
  ["generate_series_step_int8", seriesBy("int8pl", 1)],
  ["generate_series_numeric", seriesBy("numeric_add", "1")],
  ["generate_series_step_numeric", seriesBy("numeric_add", "1")],
  ["generate_series_timestamp", seriesBy("timestamp_pl_interval", "1 day")],
  ["generate_series_timestamptz", seriesBy("timestamptz_pl_interval", "1 day")],
  ["array_unnest", () => (array: Value) => flatten(items(array))],
]);

/** generate_series over a type, by the function that adds a step to a value. */
function seriesBy(adder: string, defaultStep: number | string) {
  return (types: CallTypes): SetFunction => {
    const type = argumentType(types, 0);
    const stepType = types.arguments[2] ?? type;
    const add = computeOf(adder, types);
    const zero = stepType.input("0", -1);
    const one = stepType.input(String(defaultStep), -1);
    return (from, to, step = notNull(one)) => series({ type, stepType, add, zero }, from, to, step);
  };
}

interface Series {
  readonly type: SqlType;
  readonly stepType: SqlType;
  readonly add: Compute;
  readonly zero: Datum;
}

function* series(
  { type, stepType, add, zero }: Series,
  from: Value,
  to: Value,
  step: Value,
): Generator<Datum> {
  const sign = Math.sign(stepType.compare(step, notNull(zero)));
  if (sign === 0) {
    throw new PostgresError("22023", "step size cannot equal zero");
  }
  for (let value: Value = from; type.compare(value, to) * sign <= 0;) {
    yield value;
    const next = nextOf(add, value, step);
    if (next === null) {
      return;
    }
    value = next;
  }
}

/** Null past the last number of the type: there the series ends. */
function nextOf(add: Compute, value: Value, step: Value): Datum {
  try {
    return add(value, step);
  } catch (error) {
    if (error instanceof PostgresError && error.code === "22003") {
      return null;
    }
    throw error;
  }
}

function computeOf(source: string, types: CallTypes): Compute {
  const implementation = IMPLEMENTATIONS.get(source);
  if (implementation === undefined) {
    throw new Error(`generate_series needs ${source}`);
  }
  return typeof implementation === "function" ? implementation : implementation.bind(types);
}

function notNull(value: Datum): Value {
  if (value === null) {
    throw new Error("a step of generate_series is null");
  }
  return value;
}
