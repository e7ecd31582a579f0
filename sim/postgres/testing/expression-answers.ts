/**
 * Statements over one row of values, and what PostgreSQL 15 answers: each row's values as text, or
 * the code, the position and the message of its error.
 */
export const EXPRESSION_ANSWERS: readonly (readonly [sql: string, answer: string])[] = [
  [
    "SELECT 7 / 2, -7 / 2, 7 % -2, 2147483647 + 1::bigint, -2147483648",
    "3 | -3 | 1 | 2147483648 | -2147483648",
  ],
  ["SELECT 2147483647 + 1", "22003 integer out of range"],
  ["SELECT 9223372036854775807 + 1", "22003 bigint out of range"],
  [
    "SELECT sum(b) + 1, sum(b) = 30, sum(b) * 2, avg(b), max(b) FROM (VALUES (10::bigint), (20)) t(b)",
    "31 | t | 60 | 15.0000000000000000 | 20",
  ],
  [
    "SELECT 1 / 3.0, 1.0 / 3, 10.00 / 4, 1e-3 / 7, 123456789.123 * 1.10, 7.5 % 2",
    "0.33333333333333333333 | 0.33333333333333333333 | 2.5000000000000000 | 0.00014285714285714286 | 135802468.03530 | 1.5",
  ],
  [
    "SELECT round(2.5), round(-2.5), round(2.345, 2), trunc(-2.789, 1), ceil(-1.5), floor(-1.5), abs(-3.20), sqrt(2::numeric)",
    "3 | -3 | 2.35 | -2.7 | -1 | -2 | 3.20 | 1.414213562373095",
  ],
  [
    "SELECT 12345.678::numeric(7, 2), 0.5::int, 1.5::int, 2.5::float8::int, '1e3'::numeric",
    "12345.68 | 1 | 2 | 2 | 1000",
  ],
  ["SELECT 123456::numeric(5, 2)", "22003 numeric field overflow"],
  ["SELECT 'NaN'::numeric = 'NaN', 'NaN'::numeric > 'Infinity', 1.0 = 1.00", "t | t | t"],
  [
    "SELECT 0.1::float8 + 0.2, 1e15::float8, 1e-5::float8, 1.1::float4, 1.1::float4::float8, 100000000::float4",
    "0.30000000000000004 | 1e+15 | 1e-05 | 1.1 | 1.100000023841858 | 1e+08",
  ],
  [
    "SELECT 'a' || 'b', 'a' || 1, 1 || 'a', concat('a', NULL, true, 1.50), concat_ws('-', 1, NULL, 2)",
    "ab | a1 | 1a | at1.50 | 1-2",
  ],
  [
    "SELECT length('Ünï'), upper('aß'), initcap('hello wORLD'), lpad('ab', 5, 'xy'), rpad('abcdef', 3), substring('abcdef', 2, 3), substr('abc', 0, 2)",
    "3 | Aß | Hello World | xyxab | abc | bcd | a",
  ],
  [
    "SELECT position('c' IN 'abc'), replace('aaa', 'a', 'b'), split_part('a,b,c', ',', -1), trim(both 'x' from 'xxaxx'), left('abc', -1), reverse('abc')",
    "3 | bbb | c | a | ab | cba",
  ],
  [
    "SELECT md5('abc'), encode(sha256('abc'), 'hex'), hashtext('abc'), hashtext(''), hashtext('a longer text than twelve bytes')",
    "900150983cd24fb0d6963f7d28e17f72 | ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad | -785388649 | -1477818771 | 39646714",
  ],
  [
    "SELECT 'abc' LIKE 'a%', 'abc' NOT LIKE '_b', 'ABC' ILIKE 'abc', 'a%c' LIKE 'a\\%c', 'abc' ~ '^a.c$', 'abc' ~* 'B'",
    "t | t | t | t | t | t",
  ],
  [
    "SELECT 'abc'::varchar(2), 'ab'::char(4) || 'x', 'a '::char(3) = 'a', length('ab '::char(5))",
    "ab | abx | t | 2",
  ],
  [
    "SELECT CASE WHEN 1 = 2 THEN 'a' ELSE 'b' END, CASE 3 WHEN 3 THEN 1.5 ELSE 2 END, coalesce(NULL, 2), nullif(1, 1), greatest(1, NULL, 3), least('b', 'a')",
    "b | 1.5 | 2 | NULL | 3 | a",
  ],
  ["SELECT coalesce(1, 'x')", '22P02 20 invalid input syntax for type integer: "x"'],
  [
    "SELECT CASE WHEN true THEN 1 ELSE 'a' END",
    '22P02 35 invalid input syntax for type integer: "a"',
  ],
  ["SELECT 1 = '1', 1 = 'x'", '22P02 21 invalid input syntax for type integer: "x"'],
  [
    "SELECT 1 IN (1, 9223372036854775807), 2 NOT IN (1, NULL), 1 BETWEEN 0 AND 2.5, (1, 'a') < (1, 'b'), (1, NULL) = (2, NULL)",
    "t | NULL | t | t | f",
  ],
  [
    "SELECT NULL IS DISTINCT FROM 1, 1 IS NOT DISTINCT FROM 1, (NULL = 1) IS UNKNOWN, true IS NOT FALSE",
    "t | t | t | t",
  ],
  [
    "SELECT ARRAY[1, 2] || 3, 0 || ARRAY[1], ARRAY[1, 2] @> ARRAY[2], ARRAY[1, 2] && '{3}', '{a,NULL}'::text[], (ARRAY[10, 20, 30])[2:3], ('{{1,2},{3,4}}'::int[])[2][1]",
    "{1,2,3} | {0,1} | t | f | {a,NULL} | {20,30} | 3",
  ],
  [
    "SELECT 2 = ANY (ARRAY[1, 2]), 2 <> ALL ('{1,3}'), array_length(ARRAY[1, 2], 1), array_position('{a,b}'::text[], 'b'), array_to_string(ARRAY[1, NULL, 3], ',', '*'), cardinality('{}'::int[])",
    "t | t | 2 | 2 | 1,*,3 | 0",
  ],
  [
    'SELECT \'{"b": 1.50, "a": [1, {"c": null}]}\'::jsonb, \'{"b":1,  "a":2, "b":3}\'::json, \'{"b":1, "b":3}\'::jsonb',
    '{"a": [1, {"c": null}], "b": 1.50} | {"b":1,  "a":2, "b":3} | {"b": 3}',
  ],
  [
    "SELECT '{\"a\": {\"b\": [1, 2]}}'::jsonb -> 'a' -> 'b' ->> 1, '{\"a\": \"x\"}'::jsonb ->> 'a', '{\"a\":1}'::jsonb @> '{}', '[1, \"a\"]'::jsonb ? 'a', '{\"a\":1}'::jsonb || '{\"b\":2}', '{\"a\":1,\"b\":2}'::jsonb - 'a', '{\"a\":[1]}'::jsonb #> '{a,0}'",
    '2 | x | t | t | {"a": 1, "b": 2} | {"b": 2} | 1',
  ],
  [
    "SELECT jsonb_build_object('a', 1, 'b', ARRAY[1, 2], 'c', NULL), json_build_array(1, 'x', 2.50, true), to_jsonb('x'::text), jsonb_set('{\"a\":1}', '{b}', '2'), jsonb_typeof('1'), jsonb_array_length('[1,2]')",
    '{"a": 1, "b": [1, 2], "c": null} | [1, "x", 2.50, true] | "x" | {"a": 1, "b": 2} | number | 2',
  ],
  ["SELECT '{\"a\":'::jsonb", "22P02 8 invalid input syntax for type json"],
  [
    "SELECT '2024-02-29'::date + 1, '2024-03-31'::timestamp - interval '1 month', '2024-01-01'::date - '2023-12-25'::date, '2024-01-01 10:00'::timestamp - '2023-12-31', date '2024-01-01' + time '01:30'",
    "2024-03-01 | 2024-02-29 00:00:00 | 7 | 1 day 10:00:00 | 2024-01-01 01:30:00",
  ],
  [
    "SELECT interval '1 year 2 months -3 days 04:05:06.5', interval '90 minutes', interval '1.5 days', interval '1 day' * 2.5, interval '1 month' / 2, interval '1 mon' = interval '30 days'",
    "1 year 2 mons -3 days +04:05:06.5 | 01:30:00 | 1 day 12:00:00 | 2 days 12:00:00 | 15 days | t",
  ],
  [
    "SELECT extract(year FROM timestamp '2024-02-29 12:30:45.5'), extract(second FROM timestamp '2024-02-29 12:30:45.5'), extract(epoch FROM timestamptz '2024-01-01 00:00+02'), date_trunc('month', timestamp '2024-02-29 12:30'), extract(dow FROM date '2024-02-29'), extract(week FROM date '2021-01-01')",
    "2024 | 45.500000 | 1704060000.000000 | 2024-02-01 00:00:00 | 4 | 53",
  ],
  [
    "SELECT '2024-01-01 00:00:00+02'::timestamptz, timestamptz '2024-01-01 12:00Z' AT TIME ZONE 'UTC', age(timestamp '2024-03-01', timestamp '2023-01-31'), to_char(timestamp '2024-02-09 13:05:06', 'YYYY-MM-DD HH24:MI:SS'), 'infinity'::timestamptz",
    "2023-12-31 22:00:00+00 | 2024-01-01 12:00:00 | 1 year 1 mon 1 day | 2024-02-09 13:05:06 | infinity",
  ],
  ["SELECT '2024-02-30'::date", '22008 8 date/time field value out of range: "2024-02-30"'],
  ["SELECT '2024-13-01'::date", '22008 8 date/time field value out of range: "2024-13-01"'],
  [
    "SELECT 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid, '\\xDEADbeef'::bytea, 'abc'::bytea, decode('YWJj', 'base64')",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11 | \\xdeadbeef | \\x616263 | \\x616263",
  ],
  ["SELECT 'x'::uuid", '22P02 8 invalid input syntax for type uuid: "x"'],
  [
    "SELECT count(*), count(x), sum(x), avg(x), min(x), max(x), stddev(x), var_pop(x), bool_and(x > 0), string_agg(x::text, ',' ORDER BY x DESC), array_agg(x ORDER BY x), json_agg(x ORDER BY x), count(DISTINCT x % 2), sum(x) FILTER (WHERE x > 2) FROM (VALUES (1), (2), (3), (NULL)) t(x)",
    "4 | 3 | 6 | 2.0000000000000000 | 1 | 3 | 1.00000000000000000000 | 0.66666666666666666667 | t | 3,2,1 | {1,2,3,NULL} | [1, 2, 3, null] | 2 | 3",
  ],
  ["SELECT abs('1'), 1 + '2', '3' || 4, - '5'::text", "42883 37 operator does not exist: - text"],
  ["SELECT lower(1)", "42883 8 function lower(integer) does not exist"],
  ["SELECT nosuch(1, 'a')", "42883 8 function nosuch(integer, unknown) does not exist"],
  ["SELECT 'a' + 'b'", "42725 12 operator is not unique: unknown + unknown"],
  ["SELECT 1 + true", "42883 10 operator does not exist: integer + boolean"],
  ["SELECT NOT 1", "42804 12 argument of NOT must be type boolean, not type integer"],
  [
    "SELECT '1'::int::boolean, 1::boolean, true::int, 'yes'::boolean, true::text",
    "t | t | 1 | t | true",
  ],
  ["SELECT 1::timestamp", "42846 9 cannot cast type integer to timestamp without time zone"],
  ["SELECT ARRAY[]", "42P18 8 cannot determine type of empty array"],
  ["SELECT ARRAY[1, 'a']", '22P02 17 invalid input syntax for type integer: "a"'],
  ["SELECT CASE WHEN false THEN 1 / 0 ELSE 1 END, coalesce(1, 1 / 0)", "1 | 1"],
  ["SELECT 1 / 0 FROM (VALUES (1)) t(x) WHERE false", "22012 division by zero"],
  ["SELECT row(1, 'a', NULL), row(1, 2) = row(1, 2.0)", "(1,a,) | t"],
  [
    "SELECT gcd(12, 18), lcm(4, 6), mod(7, 3), 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, factorial(10), to_hex(255)",
    "6 | 12 | 1 | 1 | 7 | 6 | -6 | 16 | 3628800 | ff",
  ],
  [
    "SELECT CASE WHEN NULL THEN '{}'::jsonb ELSE NULL::uuid END",
    "42846 28 CASE/WHEN could not convert type jsonb to uuid",
  ],
  [
    "SELECT greatest('1'::json, '2')",
    "42883 could not identify a comparison function for type json",
  ],
  ["SELECT ARRAY['{1,2}'::int[], '{3,4}']::bigint[], EXISTS (SELECT NULL)", "{{1,2},{3,4}} | t"],
  [
    `SELECT '"x"'::jsonb -> 0, '"x"'::jsonb ->> -1, '5'::jsonb -> 1, '"x"'::json -> 0`,
    '"x" | x | NULL | NULL',
  ],
  ["SELECT chr(-3)", "22023 character number must be positive"],
];
