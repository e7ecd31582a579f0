/**
 * A value that is no primitive: numeric, interval, jsonb, a record. It never changes, and its text
 * is what the type's output function gives.
 */
export abstract class Composite {
  abstract toString(): string;
}

/**
 * A value inside the engine, of a type that its place knows: a type's descriptor reads, shows,
 * compares and names it. smallint, integer and floats are numbers; bigint is a number where that is
 * exact and a bigint beyond it, so that equal values are one primitive, and so are timestamps, in
 * microseconds from 2000-01-01; a date is its days from there. Text and its kin, uuid, json, enums
 * and bytea (in hexadecimal digits) are strings.
 */
export type Datum = string | number | bigint | boolean | null | Composite | readonly Datum[];

/** A value that is not null. */
export type Value = Exclude<Datum, null>;

/** What stands for a value in a Map: of one type, equal values have the same, others different. */
export type HashKey = string | number | bigint | boolean;
