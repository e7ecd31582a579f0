import type { AggregateDefinition } from "./aggregate-state.ts";
import { NUMBER_AGGREGATES } from "./number-aggregates.ts";
import { VALUE_AGGREGATES } from "./value-aggregates.ts";

/** The aggregates that are simulated, by signature. */
export const AGGREGATES: ReadonlyMap<string, AggregateDefinition> = new Map(
  [NUMBER_AGGREGATES, VALUE_AGGREGATES].flatMap((family) => Object.entries(family)),
);
