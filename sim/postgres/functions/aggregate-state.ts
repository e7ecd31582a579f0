import type { Datum } from "../types/datum.ts";
import type { CallTypes } from "./implementation.ts";

/** What an aggregate has taken in of the rows of one group. */
export abstract class AggregateState {
  /** Takes a row's arguments in; the ones that the aggregate does not have are null. */
  abstract step(first: Datum, second: Datum): void;
  /** The result over the rows so far. */
  abstract result(): Datum;

  /** All rows of the group are there. */
  finish(): void {
    // Most have nothing left to do.
  }
}

/**
 * An aggregate: how a group begins, and whether a row whose first argument is null is passed over.
 */
export interface AggregateDefinition {
  readonly skipsNull: boolean;
  readonly create: (types: CallTypes) => AggregateState;
}

/** Aggregates by signature: `sum(int8)`. */
export type AggregateDefinitions = Readonly<Record<string, AggregateDefinition>>;

/** An aggregate over the rows whose argument is not null. */
export function overValues(create: (types: CallTypes) => AggregateState): AggregateDefinition {
  return { skipsNull: true, create };
}

/** An aggregate over all rows. */
export function overRows(create: (types: CallTypes) => AggregateState): AggregateDefinition {
  return { skipsNull: false, create };
}
