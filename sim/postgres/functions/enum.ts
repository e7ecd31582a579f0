import { PostgresError } from "../ground/postgres-error.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { str } from "../types/text.ts";
import { argumentType, type Implementations, typed } from "./implementation.ts";

/** The functions over the labels of an enum, of which the argument only says the type. */
export const ENUM_FUNCTIONS: Implementations = {
  enum_first: typed((types) => () => labelAt(argumentType(types, 0), 0)),
  enum_last: typed((types) => () => labelAt(argumentType(types, 0), -1)),
  enum_range_all: typed((types) => () => argumentType(types, 0).labels),
  enum_range_bounds: typed((types) => {
    const { labels } = argumentType(types, 0);
    return (lower = null, upper = null) => {
      const from = lower === null ? 0 : placeOf(labels, lower);
      const to = upper === null ? labels.length : placeOf(labels, upper) + 1;
      return labels.slice(from, Math.max(from, to));
    };
  }),
};

function labelAt({ labels, name }: SqlType, at: number): Datum {
  const label = labels.at(at);
  if (label === undefined) {
    throw new PostgresError("55000", `enum ${name} contains no values`);
  }
  return label;
}

function placeOf(labels: readonly string[], label: Datum): number {
  return label === null ? 0 : labels.indexOf(str(label));
}
