/**
 * A value inside the engine, of a type that its place knows: a type's descriptor reads, shows,
 * compares and names it. smallint and integer are numbers; bigint is a number where that is exact
 * and a bigint beyond it, so that equal values are one primitive; text and its kin are strings.
 */
export type Datum = string | number | bigint | boolean | null | readonly Datum[];

/** A value that is not null. */
export type Value = Exclude<Datum, null>;

/** What stands for a value in a Map: of one type, equal values have the same, others different. */
export type HashKey = string | number | bigint | boolean;
