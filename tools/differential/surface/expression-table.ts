/**
 * One way to write an expression. `{int4}` stands for any expression of that type, `{A}` and `{B}`
 * for expressions of one type that is drawn, `{A!}` for the name of that type.
 */
export interface Production {
  readonly result: string;
  readonly template: string;
  /** True for what the documentation says is simulated. */
  readonly isListed: boolean;
}

const LISTED: readonly (readonly [result: string, ...templates: string[]])[] = [
  [
    "bool",
    ...["{A} = {A}", "{A} <> {A}", "{A} < {A}", "{A} >= {A}", "{number} = {number}"],
    ...["{number} < {number}", "{bool} AND {bool}", "{bool} OR {bool}", "NOT {bool}"],
    ...["{A} IS NULL", "{A} IS NOT NULL", "{A} IS DISTINCT FROM {A}"],
    ...["{A} IS NOT DISTINCT FROM {A}", "{bool} IS TRUE", "{bool} IS NOT FALSE"],
    ...["{bool} IS UNKNOWN", "{A} IN ({A}, {A})", "{A} NOT IN ({A}, {A}, {A})"],
    ...["{number} IN ({number}, {number})", "{A} BETWEEN {A} AND {A}"],
    ...["{number} NOT BETWEEN {number} AND {number}", "{int4} = ANY ({int4Array})"],
    ...["{text} = ANY ({textArray})", "{int8} <> ALL ({int8Array})", "{text} LIKE {text}"],
    ...["{number} > ANY (ARRAY[{number}, {number}])", "{text} NOT LIKE {text}"],
    ...["{text} ILIKE {text}", "{jsonb} @> {jsonb}", "{jsonb} <@ {jsonb}", "{jsonb} ? {text}"],
    ...["{jsonb} ?| {textArray}", "{int4Array} @> {int4Array}", "{int4Array} && {int4Array}"],
    ...[
      "({A}, {B}) = ({A}, {B})",
      "({A}, {B}) < ({A}, {B})",
      "({number}, {text}) > ({number}, {text})",
    ],
    ...["({A})::text = {text}", "({text})::boolean", "({int4})::boolean", "{text} ~ {text}"],
    ...["{A} = {B}", "({jsonb} ->> {text})::boolean"],
  ],
  [
    "int4",
    ...["{int4} + {int4}", "{int4} - {int4}", "{int4} * {int4}", "{int4} / {int4}"],
    ...["{int4} % {int4}", "- {int4}", "abs({int4})", "length({text})", "char_length({text})"],
    ...["({number})::integer", "({text})::int", "CAST({A} AS integer)", "cardinality({array})"],
    ...["array_length({array}, {int4})", "({jsonb})::integer", "position({text} IN {text})"],
    ...[
      "({int4Array})[{int4}]",
      "jsonb_array_length({jsonb})",
      "({bool})::int",
      "sign({int4})::int",
    ],
    ...[
      "{int2} + {int4}",
      "mod({int4}, {int4})",
      "strpos({text}, {text})",
      "array_upper({array}, 1)",
    ],
  ],
  [
    "int8",
    ...[
      "{int8} + {int8}",
      "{int8} - {int4}",
      "{int4} * {int8}",
      "{int8} / {int8}",
      "{int8} % {int8}",
    ],
    ...[
      "({number})::bigint",
      "({text})::int8",
      "abs({int8})",
      "- {int8}",
      "({jsonb} ->> {text})::bigint",
    ],
    ...["({int8Array})[{int4}]", "({jsonb})::bigint"],
  ],
  [
    "numeric",
    ...[
      "{numeric} + {numeric}",
      "{numeric} - {number}",
      "{number} * {numeric}",
      "{numeric} / {number}",
    ],
    ...["{numeric} % {numeric}", "- {numeric}", "round({numeric}, {int4})", "round({numeric})"],
    ...["trunc({numeric}, 1)", "ceil({numeric})", "floor({numeric})", "abs({numeric})"],
    ...[
      "({number})::numeric",
      "({number})::numeric(8,3)",
      "({text})::numeric",
      "({jsonb})::numeric",
    ],
    ...["extract(epoch FROM {timestamptz})", "extract(epoch FROM {interval})", "sqrt({numeric})"],
    ...["extract(year FROM {timestamptz})", "date_part('hour', {timestamptz})::numeric"],
    ...["power({numeric}, 2)", "mod({numeric}, {numeric})", "sign({numeric})"],
  ],
  ["money", "({number})::numeric(10,2)", "round({numeric}, 2)"],
  ["int2", "({number})::smallint", "{int2} + {int2}", "- {int2}"],
  [
    "text",
    ...[
      "{text} || {text}",
      "{text} || {number}",
      "{A} || {text}",
      "lower({text})",
      "upper({text})",
    ],
    ...["substr({text}, {int4})", "substring({text} FROM {int4} FOR 2)", "trim({text})"],
    ...["replace({text}, {text}, {text})", "concat({A}, {B})", "concat_ws({text}, {A}, {B})"],
    ...["({A})::text", "CAST({A} AS text)", "{jsonb} ->> {text}", "{jsonb} ->> {int4}"],
    ...[
      "{jsonb} #>> {textArray}",
      "left({text}, {int4})",
      "right({text}, 2)",
      "lpad({text}, 5, '*')",
    ],
    ...[
      "repeat({text}, 2)",
      "split_part({text}, ',', 1)",
      "reverse({text})",
      "({textArray})[{int4}]",
    ],
    ...["array_to_string({array}, {text})", "to_char({timestamptz}, 'YYYY-MM-DD HH24:MI:SS')"],
    ...["jsonb_typeof({jsonb})", "ltrim({text}, 'a')", "md5({text})", "format('%s-%s', {A}, {B})"],
    ...["btrim({text}, {text})", "initcap({text})", "pg_typeof({A})::text"],
  ],
  [
    "timestamptz",
    ...["{timestamptz} + {interval}", "{timestamptz} - {interval}", "{interval} + {timestamptz}"],
    ...["date_trunc('day', {timestamptz})", "date_trunc('month', {timestamptz})"],
    ...[
      "({text})::timestamptz",
      "to_timestamp({int4})",
      "date_trunc('hour', {timestamptz}, 'UTC')",
    ],
  ],
  [
    "interval",
    ...["{timestamptz} - {timestamptz}", "{interval} + {interval}", "{interval} * {number}"],
    ...["- {interval}", "{interval} - {interval}", "{interval} / {number}", "({text})::interval"],
    ...[
      "age({timestamptz}, {timestamptz})",
      "make_interval(secs => {int4})",
      "justify_days({interval})",
    ],
    ...["interval '1 second' * {int4}", "make_interval(hours => {int4}, mins => 5)"],
  ],
  [
    "jsonb",
    ...["{jsonb} -> {text}", "{jsonb} -> {int4}", "{jsonb} #> {textArray}", "{jsonb} || {jsonb}"],
    ...["{jsonb} - {text}", "to_jsonb({A})", "jsonb_build_object({text}, {A})", "({text})::jsonb"],
    ...["jsonb_build_array({A}, {B})", "jsonb_set({jsonb}, {textArray}, {jsonb})"],
    ...["jsonb_build_object('k', {A}, 'l', {B})", "jsonb_strip_nulls({jsonb})", "{jsonb} - {int4}"],
    ...["{jsonb} #- {textArray}", "jsonb_object_agg_filter_missing({jsonb})", "({jsonb})['a']"],
  ],
  ["uuid", "({text})::uuid", "nullif({uuid}, {uuid})"],
  ["mood", "({text})::mood", "greatest({mood}, {mood})", "enum_first({mood})"],
  [
    "int4Array",
    ...["ARRAY[{int4}, {int4}]", "{int4Array} || {int4Array}", "array_append({int4Array}, {int4})"],
    ...["{int4Array} || {int4}", "array_remove({int4Array}, {int4})", "({text})::integer[]"],
    ...["ARRAY[]::integer[]", "({int8Array})::integer[]", "array_cat({int4Array}, {int4Array})"],
    ...["({int4Array})[1:2]"],
  ],
  [
    "int8Array",
    "ARRAY[{int8}, {number}]::bigint[]",
    "ARRAY[{int8}, {int4}]",
    "({int4Array})::bigint[]",
  ],
  [
    "textArray",
    "ARRAY[{text}, {text}]",
    "string_to_array({text}, ',')",
    "array_prepend({text}, {textArray})",
  ],
  [
    "A",
    ...["coalesce({A}, {A})", "CASE WHEN {bool} THEN {A} ELSE {A} END", "nullif({A}, {A})"],
    ...[
      "CASE {B} WHEN {B} THEN {A} WHEN {B} THEN {A} END",
      "greatest({A}, {A})",
      "least({A}, {A}, {A})",
    ],
    ...["({A})::{A!}", "CAST({text} AS {A!})", "({A})", "coalesce({A}, {A}, {A})"],
  ],
  [
    "number",
    "{number} + {number}",
    "{number} - {number}",
    "{number} * {number}",
    "coalesce({number}, {number})",
  ],
  [
    "number",
    "{number} / {number}",
    "CASE WHEN {bool} THEN {number} ELSE {number} END",
    "greatest({number}, {number})",
  ],
];

const AROUND: readonly (readonly [result: string, ...templates: string[]])[] = [
  ["bool", "{text} SIMILAR TO {text}", "{A} BETWEEN SYMMETRIC {A} AND {A}", "{float8} < {number}"],
  [
    "bool",
    "{moment} < {moment}",
    "{date} = {timestamptz}",
    "starts_with({text}, {text})",
    "{varchar} = {text}",
  ],
  [
    "bool",
    "({timestamptz}, {interval}) OVERLAPS ({timestamptz}, {interval})",
    "isfinite({timestamptz})",
  ],
  [
    "bool",
    '{text} COLLATE "C" < {text}',
    "{jsonb} @? '$.a'",
    "{text} ~* {text}",
    "({A}).b IS NULL",
  ],
  [
    "int4",
    "{int4} & {int4}",
    "{int4} << 2",
    "{date} - {date}",
    "ascii({text})",
    "width_bucket({int4}, 0, 10, 5)",
  ],
  [
    "int8",
    "factorial({int4})::int8",
    "({float8})::bigint",
    "{int8} # {int8}",
    "gcd({int8}, {int8})",
  ],
  [
    "numeric",
    "({float8})::numeric",
    "log({numeric})",
    "div({numeric}, {numeric})",
    "scale({numeric})::numeric",
  ],
  [
    "text",
    "regexp_replace({text}, {text}, {text})",
    "to_char({numeric}, '999.99')",
    "chr({int2})",
    "overlay({text} PLACING 'x' FROM 1)",
  ],
  [
    "text",
    "quote_literal({text})",
    "translate({text}, 'ab', 'xy')",
    "to_hex({int4})",
    "encode({bytea}, 'hex')",
    "({varchar})::text",
  ],
  [
    "timestamptz",
    "{timestamptz} AT TIME ZONE 'UTC' AT TIME ZONE 'UTC'",
    "make_timestamptz(2026, 1, 1, 0, 0, 0)",
    "({date})::timestamptz",
  ],
  [
    "timestamp",
    "{timestamptz} AT TIME ZONE 'Asia/Muscat'",
    "({timestamptz})::timestamp",
    "{timestamp} + {interval}",
  ],
  ["date", "({timestamptz})::date", "{date} + {int4}", "to_date('2026-01-02', 'YYYY-MM-DD')"],
  [
    "float8",
    "{float8} + {float8}",
    "{float8} * {number}",
    "({number})::float8",
    "({numeric})::double precision",
    "sqrt({float8})",
  ],
  [
    "jsonb",
    "row_to_json(ROW({A}, {B}))::jsonb",
    "({json})::jsonb",
    "jsonb_insert({jsonb}, {textArray}, {jsonb})",
  ],
  ["json", "({jsonb})::json", "json_build_object({text}, {A})"],
  ["varchar", "({text})::varchar(8)", "({text})::varchar"],
  ["bytea", "({text})::bytea", "decode('00ff', 'hex')"],
];

/** All ways, the documented ones and the others. */
export const PRODUCTIONS: readonly Production[] = [
  ...readTable(LISTED, true),
  ...readTable(AROUND, false),
];

/** Aggregates; `{K}` in an ORDER BY stands for the keys of the rows, so that the order is total. */
export const AGGREGATES: readonly Production[] = [
  ...readTable(
    [
      ["int8", "count(*)", "count({A})", "count(DISTINCT {A})", "sum({int4})", "sum({int2})"],
      ["numeric", "sum({int8})", "sum({numeric})", "avg({number})", "sum({money})", "avg({int4})"],
      ["A", "max({A})", "min({A})"],
      ["bool", "bool_and({bool})", "bool_or({bool})", "every({bool})"],
      ["text", "string_agg({text}, ',' ORDER BY {K})"],
      ["int4Array", "array_agg({int4} ORDER BY {K})"],
      ["textArray", "array_agg({text} ORDER BY {K} DESC)"],
      [
        "jsonb",
        "jsonb_agg({A} ORDER BY {K})",
        "jsonb_object_agg(({int4})::text, {A} ORDER BY {K})",
      ],
      ["interval", "sum({interval})"],
    ],
    true,
  ),
  ...readTable(
    [
      ["numeric", "percentile_disc(0.5) WITHIN GROUP (ORDER BY {numeric})", "variance({numeric})"],
      ["float8", "sum({float8})", "avg({float8})"],
      ["int4", "bit_and({int4})", "mode() WITHIN GROUP (ORDER BY {int4})"],
    ],
    false,
  ),
];

/** Window functions, each over a window of its own. */
export const WINDOW_FUNCTIONS: readonly Production[] = readTable(
  [
    ["int8", "row_number()", "rank()", "dense_rank()", "count(*)", "sum({int4})"],
    ["numeric", "sum({int8})", "avg({numeric})"],
    [
      "A",
      "lag({A})",
      "lead({A}, 2)",
      "first_value({A})",
      "last_value({A})",
      "max({A})",
      "lag({A}, 1, {A})",
    ],
    ["int4", "ntile(3)", "nth_value({int4}, 2)"],
  ],
  true,
);

function readTable(
  table: readonly (readonly [result: string, ...templates: string[]])[],
  isListed: boolean,
): Production[] {
  return table.flatMap(([result, ...templates]) =>
    templates.map((template) => ({ result, template, isListed })),
  );
}
