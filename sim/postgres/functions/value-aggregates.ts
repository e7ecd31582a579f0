import { PostgresError } from "../ground/postgres-error.ts";
import { dimensionsOf, isArray } from "../types/array.ts";
import type { Datum } from "../types/datum.ts";
import { type Json, quoteJson } from "../types/json-text.ts";
import { Jsonb, normalize, objectOf } from "../types/jsonb.ts";
import type { SqlType } from "../types/sql-type.ts";
import { str } from "../types/text.ts";
import {
  type AggregateDefinitions,
  AggregateState,
  overRows,
  overValues,
} from "./aggregate-state.ts";
import { argumentType } from "./implementation.ts";
import { jsonOf, jsonTextOf } from "./json-value.ts";
import { keyText } from "./json.ts";

/** The least or the greatest value, in the order of the type. */
class Extreme extends AggregateState {
  readonly #type: SqlType;
  readonly #sign: number;
  #best: Datum = null;

  constructor(type: SqlType, sign: number) {
    super();
    this.#type = type;
    this.#sign = sign;
  }

  step(value: Datum): void {
    if (value === null) {
      return;
    }
    if (this.#best === null || this.#type.compare(value, this.#best) * this.#sign > 0) {
      this.#best = value;
    }
  }

  result(): Datum {
    return this.#best;
  }
}

class Truth extends AggregateState {
  readonly #decisive: boolean;
  #value: boolean | null = null;

  constructor(decisive: boolean) {
    super();
    this.#decisive = decisive;
  }

  step(value: Datum): void {
    const isTrue = value === true;
    this.#value = this.#value === null || isTrue === this.#decisive ? isTrue : this.#value;
  }

  result(): Datum {
    return this.#value;
  }
}

/** A separator stands in front of each value but the first; a null one is as none. */
class JoinedText extends AggregateState {
  #text: string | null = null;

  step(value: Datum, separator: Datum): void {
    if (this.#text === null) {
      this.#text = str(value);
    } else {
      this.#text += (separator === null ? "" : str(separator)) + str(value);
    }
  }

  result(): Datum {
    return this.#text;
  }
}

class Collected extends AggregateState {
  readonly #finish: (values: readonly Datum[]) => Datum;
  readonly #values: Datum[] = [];

  constructor(finish: (values: readonly Datum[]) => Datum) {
    super();
    this.#finish = finish;
  }

  step(value: Datum): void {
    this.#values.push(value);
  }

  result(): Datum {
    return this.#values.length === 0 ? null : this.#finish([...this.#values]);
  }
}

class CollectedPairs extends AggregateState {
  readonly #finish: (pairs: readonly (readonly [Datum, Datum])[]) => Datum;
  readonly #pairs: (readonly [Datum, Datum])[] = [];

  constructor(finish: (pairs: readonly (readonly [Datum, Datum])[]) => Datum) {
    super();
    this.#finish = finish;
  }

  step(key: Datum, value: Datum): void {
    if (key === null) {
      throw new PostgresError("22023", "field name must not be null");
    }
    this.#pairs.push([key, value]);
  }

  result(): Datum {
    return this.#pairs.length === 0 ? null : this.#finish(this.#pairs);
  }
}

function arraysTogether(values: readonly Datum[]): Datum {
  const shapes = new Set(
    values.map((value) => {
      if (!isArray(value)) {
        throw new PostgresError("22004", "cannot accumulate null arrays");
      }
      if (value.length === 0) {
        throw new PostgresError("2202E", "cannot accumulate empty arrays");
      }
      return dimensionsOf(value).join();
    }),
  );
  if (shapes.size > 1) {
    const message = "cannot accumulate arrays of different dimensionality";
    throw new PostgresError("2202E", message);
  }
  return values;
}

const EXTREMES = [
  "anyarray",
  "anyenum",
  "int2",
  "int4",
  "int8",
  "oid",
  "float4",
  "float8",
  "numeric",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
  "text",
  "bpchar",
];

/** Extremes, truth, and what collects values into one. */
export const VALUE_AGGREGATES: AggregateDefinitions = {
  ...Object.fromEntries(
    EXTREMES.flatMap((type) => [
      [`min(${type})`, overValues((types) => new Extreme(argumentType(types, 0), -1))],
      [`max(${type})`, overValues((types) => new Extreme(argumentType(types, 0), 1))],
    ]),
  ),
  "bool_and(bool)": overValues(() => new Truth(false)),
  "every(bool)": overValues(() => new Truth(false)),
  "bool_or(bool)": overValues(() => new Truth(true)),
  "string_agg(text,text)": overValues(() => new JoinedText()),
  "string_agg(bytea,bytea)": overValues(() => new JoinedText()),
  "array_agg(anynonarray)": overRows(() => new Collected((values) => values)),
  "array_agg(anyarray)": overRows(() => new Collected(arraysTogether)),
  "json_agg(anyelement)": overRows((types) => {
    const type = argumentType(types, 0);
    return new Collected((values) => {
      const isBroken = type.element !== null || type.catalogName === "record";
      const separator = isBroken ? ", \n " : ", ";
      return `[${values.map((value) => jsonTextOf(type, value)).join(separator)}]`;
    });
  }),
  "jsonb_agg(anyelement)": overRows((types) => {
    const type = argumentType(types, 0);
    return new Collected(
      (values) => new Jsonb(values.map((value): Json => normalize(jsonOf(type, value)))),
    );
  }),
  "json_object_agg(any,any)": overRows((types) => {
    const [keyType, type] = [argumentType(types, 0), argumentType(types, 1)];
    return new CollectedPairs((pairs) => {
      const shown = pairs.map(
        ([key, value]) =>
          `${quoteJson(key === null ? "" : keyText(keyType, key))} : ${jsonTextOf(type, value)}`,
      );
      return `{ ${shown.join(", ")} }`;
    });
  }),
  "jsonb_object_agg(any,any)": overRows((types) => {
    const [keyType, type] = [argumentType(types, 0), argumentType(types, 1)];
    return new CollectedPairs(
      (pairs) =>
        new Jsonb(
          objectOf(
            pairs.map(([key, value]): [string, Json] => [
              key === null ? "" : keyText(keyType, key),
              normalize(jsonOf(type, value)),
            ]),
          ),
        ),
    );
  }),
};
