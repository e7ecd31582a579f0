/** A type of SQL as the surface tests use it. */
export interface Sort {
  /** As it is written in a cast. */
  readonly typeName: string;
  /** Values in their text form. */
  readonly values: readonly [string, ...string[]];
  /** True for the types that the documentation says are simulated. */
  readonly isListed: boolean;
  /** The column of the table `t` that has it. */
  readonly column: string;
}

const ROW: Readonly<Record<string, Sort>> = {
  bool: listed("b", "boolean", ["true", "f", "yes"]),
  int2: listed("i2", "smallint", ["7", "-3", "32767"]),
  int4: listed("i4", "integer", ["0", "1", "-1", "42", "2147483647", "-2147483648", "10"]),
  int8: listed("i8", "bigint", ["5", "3000000000", "9223372036854775807", "-7", "0"]),
  numeric: listed("n", "numeric", ["1.5", "0.00", "-2.50", "123456789.123456789", "1e3", "NaN"]),
  money: listed("nm", "numeric(10,2)", ["0.50", "99.995", "-1", "1000"]),
  text: listed("s", "text", ["abc", "", "a b", "Ünï", "10", "%b_", "x,y"]),
  timestamptz: listed("tz", "timestamptz", [
    "2026-11-25 10:00:00+00",
    "2024-02-29 23:59:59.123456+04",
    "2020-01-01",
    "infinity",
  ]),
  interval: listed("iv", "interval", ["1 day", "02:03:04.5", "1 year 2 months -3 days", "-90 min"]),
  jsonb: listed("j", "jsonb", [
    `{"a": 1.50, "b": [1, 2, null], "c": {"d": "x"}}`,
    "[1, 2.0, 3e2]",
    `"text"`,
    "12345678901234567890.10",
    "null",
    "{}",
  ]),
  uuid: listed("u", "uuid", [
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "00000000-0000-0000-0000-000000000000",
  ]),
  mood: listed("e", "mood", ["sad", "ok", "happy"]),
  int4Array: listed("ai", "integer[]", ["{1,2,3}", "{}", "{NULL,42}", "{{1,2},{3,4}}"]),
  int8Array: listed("ab", "bigint[]", ["{3000000000}", "{1,NULL}"]),
  textArray: listed("at", "text[]", ["{a,b}", `{"x y",NULL,""}`, "{}"]),
  float8: around("f8", "double precision", ["1.5", "-0.1", "1e10", "NaN"]),
  varchar: around("v", "varchar(8)", ["abc", "too long for it", "  x"]),
  date: around("d", "date", ["2026-11-25", "2024-02-29", "infinity"]),
  timestamp: around("ts", "timestamp", ["2026-11-25 10:00:00", "2024-02-29 23:59:59.5"]),
  json: around("js", "json", [`{"a":1,  "a":2}`, "[1]"]),
  bytea: around("by", "bytea", [String.raw`\x00ff`, "abc"]),
};

/** Every type by the name that the tables of productions give it. */
export const SORTS: ReadonlyMap<string, Sort> = new Map(Object.entries(ROW));

/** What stands for several types. */
export const UMBRELLAS: ReadonlyMap<string, readonly [string, ...string[]]> = new Map([
  ["number", ["int4", "int8", "numeric", "int2", "money", "int4", "int8", "numeric"]],
  ["whole", ["int4", "int8", "int2"]],
  ["array", ["int4Array", "textArray", "int8Array"]],
  ["moment", ["timestamptz", "timestamptz", "date", "timestamp"]],
]);

/** The documented types, which a type variable stands for most of the time. */
export const LISTED_SORTS: readonly string[] = [...SORTS]
  .filter(([, { isListed }]) => isListed)
  .map(([name]) => name);

/** All others. */
export const OTHER_SORTS: readonly string[] = [...SORTS]
  .filter(([, { isListed }]) => !isListed)
  .map(([name]) => name);

function listed(column: string, typeName: string, values: Sort["values"]): Sort {
  return { typeName, values, isListed: true, column };
}

function around(column: string, typeName: string, values: Sort["values"]): Sort {
  return { typeName, values, isListed: false, column };
}
