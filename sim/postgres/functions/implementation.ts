import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";

/** Computes a function from its arguments; of a strict function none of them is null. */
export type Compute = (...values: Datum[]) => Datum;

/** The types of a call, with polymorphic ones resolved. */
export interface CallTypes {
  readonly arguments: readonly SqlType[];
  readonly result: SqlType;
}

/** A function that depends on the types of its call, bound once for each call that is compiled. */
export interface TypedFunction {
  readonly bind: (types: CallTypes) => Compute;
}

/** How a function of PostgreSQL is computed. */
export type Implementation = Compute | TypedFunction;

/** Implementations by the name of PostgreSQL's C function, or by signature. */
export type Implementations = Readonly<Record<string, Implementation>>;

/** A function that depends on the types of its call. */
export function typed(bind: (types: CallTypes) => Compute): TypedFunction {
  return { bind };
}

/** The type of an argument. @throws Error when the call has no such argument, which is a bug */
export function argumentType(types: CallTypes, at: number): SqlType {
  const type = types.arguments[at];
  if (type === undefined) {
    throw new Error(`a call has no argument ${at}`);
  }
  return type;
}

/** The type of the elements of an array. @throws Error for another type, which is a bug */
export function elementOf(type: SqlType): SqlType {
  if (type.element === null) {
    throw new Error(`${type.name} has no elements`);
  }
  return type.element;
}
