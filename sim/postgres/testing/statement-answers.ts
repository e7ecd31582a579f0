import type { Parameter } from "../types/parameter.ts";

/** The tables that `STATEMENT_ANSWERS` are asked over. */
export const STATEMENT_SETUP: readonly string[] = [
  "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')",
  "CREATE TABLE t (id integer PRIMARY KEY, n integer, s text, j jsonb)",
  "CREATE TABLE o (id bigint PRIMARY KEY, t_id integer REFERENCES t (id), m smallint CHECK (m > 0))",
  "CREATE TABLE p (x integer CONSTRAINT p_x REFERENCES t (id), y bigint CONSTRAINT p_y REFERENCES o (id))",
  "CREATE TABLE self (id integer PRIMARY KEY, up integer REFERENCES self (id))",
  `INSERT INTO t VALUES (1, 2, 'b c', '{"k": 1}'), (2, 0, 'abc', '[1]'), (3, NULL, NULL, NULL)`,
  "INSERT INTO o VALUES (1, 1, 32767), (2, 2, 1)",
  "CREATE TABLE made (k integer PRIMARY KEY, twice integer GENERATED ALWAYS AS (k * 2) STORED UNIQUE, label varchar(3) GENERATED ALWAYS AS (k::text) STORED CHECK (label <> '13'))",
  "INSERT INTO made VALUES (1), (2)",
  "CREATE TABLE made_child (k integer REFERENCES made ON UPDATE CASCADE, ten integer GENERATED ALWAYS AS (k * 10) STORED)",
  "INSERT INTO made_child VALUES (2)",
  "CREATE SEQUENCE q",
  "ALTER TABLE made_child ADD COLUMN thirty integer GENERATED ALWAYS AS (k * 30) STORED",
  "UPDATE made SET k = 3 WHERE k = 2",
];

/**
 * Statements, each alone in a transaction that is rolled back, and what PostgreSQL 15 answered:
 * notices, and then the tag and the rows, or the error with its place, its detail and its hint.
 * `against-real.real.test.ts` asks a real server again.
 */
export const STATEMENT_ANSWERS: readonly (readonly [
  sql: string,
  parameters: readonly Parameter[],
  answer: string,
])[] = [
  [
    "INSERT INTO o (id, t_id) SELECT 1 FROM generate_series(1, 2) AS s(v)",
    [],
    "42601 at 20: INSERT has more target columns than expressions",
  ],
  [
    "INSERT INTO o (id, t_id) VALUES (1, 2, 3)",
    [],
    "42601 at 40: INSERT has more expressions than target columns",
  ],
  [
    "INSERT INTO o (id, t_id) VALUES (1), (1, now() - 'x')",
    [],
    "42601 at 20: INSERT has more target columns than expressions",
  ],
  [
    "INSERT INTO o (id, t_id) VALUES ((1, 2))",
    [],
    "42601 at 20: INSERT has more target columns than expressions [The insertion source is a row expression containing the same number of columns expected by the INSERT. Did you accidentally use extra parentheses?]",
  ],
  [
    "INSERT INTO o (id) SELECT * FROM o",
    [],
    "42601 at 27: INSERT has more expressions than target columns",
  ],
  [
    "INSERT INTO o (id) SELECT true",
    [],
    '42804 at 27: column "id" is of type bigint but expression is of type boolean [You will need to rewrite or cast the expression.]',
  ],
  [
    "ALTER TABLE t ADD COLUMN a uuid NOT NULL DEFAULT 'x,y'",
    [],
    '22P02 invalid input syntax for type uuid: "x,y"',
  ],
  [
    "ALTER TABLE t ALTER COLUMN n SET DEFAULT ((NULL::double precision)::interval)",
    [],
    "42846 cannot cast type double precision to interval",
  ],
  ["ALTER TABLE t ADD CHECK (n > 'a')", [], '22P02 invalid input syntax for type integer: "a"'],
  [
    "CREATE TABLE z (k int, a smallint DEFAULT (7 + '-2.50'))",
    [],
    '22P02 at 48: invalid input syntax for type integer: "-2.50"',
  ],
  [
    "CREATE TABLE z (k int, a bigint DEFAULT (NULL::boolean))",
    [],
    '42804 column "a" is of type bigint but default expression is of type boolean [You will need to rewrite or cast the expression.]',
  ],
  [
    "SELECT 1 FROM generate_series(1, least('1e10'::double precision, 5)) AS x1(v)",
    [],
    "42883 at 15: function generate_series(integer, double precision) does not exist [No function matches the given name and argument types. You might need to add explicit type casts.]",
  ],
  [
    "SELECT (CAST($1 AS integer))[NULL]",
    ["1"],
    "42804 at 9: cannot subscript type integer because it does not support subscripting",
  ],
  [
    "SELECT ARRAY[0, ARRAY['a', 'b']]",
    [],
    "42804 at 17: ARRAY types integer and text[] cannot be matched",
  ],
  [
    "SELECT DISTINCT * FROM (SELECT '{}'::json) AS x",
    [],
    "42883 at 17: could not identify an equality operator for type json",
  ],
  [
    "SELECT 1 UNION SELECT now()",
    [],
    "42804 at 23: UNION types integer and timestamp with time zone cannot be matched",
  ],
  [
    "SELECT NULL, NULL EXCEPT ALL SELECT NULL, CAST('{}' AS json)",
    [],
    "42883 at 48: could not identify an equality operator for type json",
  ],
  [
    "SELECT 1 UNION SELECT '1' UNION SELECT now()",
    [],
    "42804 at 40: UNION types integer and timestamp with time zone cannot be matched",
  ],
  [
    "SELECT ARRAY['a'] UNION SELECT '{1}'::integer[]",
    [],
    "42846 at 32: UNION could not convert type integer[] to text[]",
  ],
  [
    "SELECT now() UNION (SELECT 1 UNION SELECT 1.5)",
    [],
    "42804 at 43: UNION types timestamp with time zone and numeric cannot be matched",
  ],
  [
    "SELECT now() UNION VALUES (1)",
    [],
    "42804 UNION types timestamp with time zone and integer cannot be matched",
  ],
  [
    "SELECT * FROM (VALUES (1, CAST('{}' AS integer[])), (2, (NULL || NULL))) AS x(k, v)",
    [],
    "42804 at 58: VALUES types integer[] and text cannot be matched",
  ],
  [
    "SELECT * FROM (VALUES (1, ARRAY['a']), (2, '{1}'::integer[])) AS x(k, v)",
    [],
    "42846 at 44: VALUES could not convert type integer[] to text[]",
  ],
  ["DROP TABLE o CASCADE", [], "NOTICE drop cascades to constraint p_y on table p ; DROP 0"],
  [
    "DROP TABLE t CASCADE",
    [],
    "NOTICE drop cascades to 2 other objects (drop cascades to constraint o_t_id_fkey on table o, drop cascades to constraint p_x on table p) ; DROP 0",
  ],
  [
    "DROP TABLE t, o CASCADE",
    [],
    "NOTICE drop cascades to 2 other objects (drop cascades to constraint p_y on table p, drop cascades to constraint p_x on table p) ; DROP 0",
  ],
  [
    "DROP TABLE t",
    [],
    "2BP01 cannot drop table t because other objects depend on it (constraint o_t_id_fkey on table o depends on table t, constraint p_x on table p depends on table t) [Use DROP ... CASCADE to drop the dependent objects too.]",
  ],
  [
    "DROP TABLE t, o",
    [],
    "2BP01 cannot drop desired object(s) because other objects depend on them (constraint p_y on table p depends on table o, constraint p_x on table p depends on table t) [Use DROP ... CASCADE to drop the dependent objects too.]",
  ],
  [
    "ALTER TABLE self DROP COLUMN id",
    [],
    "2BP01 cannot drop column id of table self because other objects depend on it (constraint self_up_fkey on table self depends on column id of table self) [Use DROP ... CASCADE to drop the dependent objects too.]",
  ],
  [
    "ALTER TABLE self DROP COLUMN id CASCADE",
    [],
    "NOTICE drop cascades to constraint self_up_fkey on table self ; ALTER 0",
  ],
  [
    "ALTER TABLE t DROP COLUMN id CASCADE",
    [],
    "NOTICE drop cascades to 2 other objects (drop cascades to constraint o_t_id_fkey on table o, drop cascades to constraint p_x on table p) ; ALTER 0",
  ],
  [
    "ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE",
    [],
    "NOTICE drop cascades to 2 other objects (drop cascades to constraint o_t_id_fkey on table o, drop cascades to constraint p_x on table p) ; ALTER 0",
  ],
  ["SELECT (NULL + (CAST('32767' AS smallint) + $1))", ["7"], "22003 smallint out of range"],
  [
    "SELECT 1 FROM t WHERE NULL ORDER BY $1::text::uuid",
    ["x"],
    '22P02 invalid input syntax for type uuid: "x"',
  ],
  ["SELECT CASE WHEN $1 THEN 1 / 0 ELSE 2 END", ["f"], "SELECT 1 ; 2"],
  ["SELECT CASE WHEN $1 THEN 1 / 0 ELSE 2 END", ["t"], "22012 division by zero"],
  ["SELECT CASE WHEN id > 100 THEN 1 / 0 END FROM t", [], "22012 division by zero"],
  ["SELECT CASE WHEN id > 100 THEN (SELECT 1 / 0) END FROM t", [], "22012 division by zero"],
  ["SELECT CASE WHEN false THEN (SELECT 1 / 0) END", [], "SELECT 1 ; NULL"],
  ["SELECT coalesce($1, 1 / 0)", ["3"], "SELECT 1 ; 3"],
  ["SELECT coalesce(n, 1 / 0) FROM t", [], "22012 division by zero"],
  ["SELECT coalesce((true OR true), (CAST('x,y'::text AS boolean)), NULL)", [], "SELECT 1 ; t"],
  ["SELECT 1 FROM t WHERE id < 0 AND 1 / 0 = 1", [], "22012 division by zero"],
  ["SELECT 1 FROM t WHERE false AND 1 / 0 = 1", [], "SELECT 0"],
  ["SELECT EXISTS (SELECT 1 / 0), EXISTS (SELECT 1 FROM t WHERE id > 0)", [], "SELECT 1 ; t | t"],
  ["SELECT EXISTS (SELECT 1 WHERE 1 / 0 = 1)", [], "22012 division by zero"],
  [
    "SELECT $1::jsonb, sum($1::smallint) FILTER (WHERE NULL)",
    ["{}"],
    "22023 cannot cast jsonb object to type smallint",
  ],
  ["WITH c AS (SELECT 1 / 0 AS x) SELECT 1", [], "SELECT 1 ; 1"],
  ["WITH c AS (SELECT 1 / 0 AS x, 2 AS y) SELECT y FROM c", [], "SELECT 1 ; 2"],
  ["WITH c AS (SELECT 1 / 0 AS x, 2 AS y) SELECT c.y FROM c, c AS d", [], "22012 division by zero"],
  [
    "WITH c AS MATERIALIZED (SELECT 1 / 0 AS x, 2 AS y) SELECT y FROM c",
    [],
    "22012 division by zero",
  ],
  ["SELECT y FROM (SELECT 1 / 0 AS x, 2 AS y LIMIT 1) AS c", [], "SELECT 1 ; 2"],
  ["SELECT k FROM (VALUES (1, 1 / 0)) AS c(k, v)", [], "SELECT 1 ; 1"],
  ["SELECT k FROM (VALUES (1, 1 / 0), (2, 1)) AS c(k, v)", [], "22012 division by zero"],
  ["UPDATE t SET n = 1 / 0 WHERE id < 0", [], "22012 division by zero"],
  [
    "INSERT INTO o VALUES (1, 1, 0) ON CONFLICT (id) DO UPDATE SET m = $1::text::int",
    ["x,y"],
    '22P02 invalid input syntax for type integer: "x,y"',
  ],
  [
    "INSERT INTO t (id, n, s) VALUES ('a b'::text::int, $1, 'x')",
    [""],
    '22P02 invalid input syntax for type integer: ""',
  ],
  ["SELECT $1::text::int / 0", ["0"], "22012 division by zero"],
  [
    "SELECT id, s::uuid FROM t WHERE id < 3 ORDER BY id DESC LIMIT 1",
    [],
    '22P02 invalid input syntax for type uuid: "abc"',
  ],
  ["SELECT id, n + 2147483647 FROM t ORDER BY id DESC LIMIT 1", [], "SELECT 1 ; 3 | NULL"],
  [
    "SELECT s::uuid FROM t WHERE id < 3 ORDER BY s::integer[], id",
    [],
    '22P02 invalid input syntax for type uuid: "b c"',
  ],
  [
    "SELECT s::uuid FROM t WHERE id < 3 ORDER BY n LIMIT 1 FOR UPDATE",
    [],
    '22P02 invalid input syntax for type uuid: "b c"',
  ],
  ["SELECT (SELECT s::uuid FROM o LIMIT 1) FROM t ORDER BY id DESC LIMIT 1", [], "SELECT 1 ; NULL"],
  [
    "SELECT id FROM t WINDOW w AS (ORDER BY s::uuid)",
    [],
    '22P02 invalid input syntax for type uuid: "b c"',
  ],
  ["SELECT NULL::integer + (n * 2147483647) FROM t", [], "SELECT 3 ; NULL ; NULL ; NULL"],
  ["SELECT n::integer + (id * 2147483647) FROM t WHERE id = 3", [], "22003 integer out of range"],
  ["SELECT 1 FROM t WHERE s::uuid IS NULL AND NULL", [], "SELECT 0"],
  ["SELECT 1 FROM t WHERE s::uuid IS NULL AND $1::boolean", ["f"], "SELECT 0"],
  ["SELECT 1 FROM t WHERE s::uuid IS NULL AND 1 = (SELECT 2)", [], "SELECT 0"],
  ["SELECT count(*) FROM t WHERE s::uuid IS NULL AND NULL", [], "SELECT 1 ; 0"],
  ["SELECT 1 FROM t JOIN o ON NULL WHERE s::uuid IS NULL", [], "SELECT 0"],
  [
    "WITH c AS MATERIALIZED (SELECT 1 / m AS x, s::uuid FROM t, o) SELECT 1 FROM c WHERE NULL",
    [],
    "SELECT 0",
  ],
  [
    "SELECT t.id, o.id FROM t FULL JOIN o ON (j ? NULL) ORDER BY 1, 2",
    [],
    "SELECT 5 ; 1 | NULL ; 2 | NULL ; 3 | NULL ; NULL | 1 ; NULL | 2",
  ],
  [
    "SELECT id FROM t GROUP BY id HAVING $1::text::int > 0 AND false",
    ["x"],
    '22P02 invalid input syntax for type integer: "x"',
  ],
  [
    "SELECT id FROM t LIMIT $1::text::int",
    ["x"],
    '22P02 invalid input syntax for type integer: "x"',
  ],
  ["SELECT 1 IN (1, 2 / $1)", ["0"], "22012 division by zero"],
  ["SELECT (1, 2 / $1) = (1, 2)", ["0"], "22012 division by zero"],
  ["SELECT ARRAY[1, 2 / $1]", ["0"], "22012 division by zero"],
  [
    "SELECT greatest(1, 2 / $1), nullif(1, 2), 1 IS DISTINCT FROM NULL",
    ["1"],
    "SELECT 1 ; 2 | 1 | t",
  ],
  ["SELECT s::uuid FROM t ORDER BY n DESC", [], '22P02 invalid input syntax for type uuid: "b c"'],
  [
    "SELECT make_interval(hours => '1'::text, mins => 5)",
    [],
    "42883 at 8: function make_interval(hours => text, mins => integer) does not exist [No function matches the given name and argument types. You might need to add explicit type casts.]",
  ],
  [
    "SELECT id FROM t WHERE (NULL, NULL) > (s::smallint, NULL)",
    [],
    '22P02 invalid input syntax for type smallint: "b c"',
  ],
  ["SELECT id FROM t WHERE (-3, NULL) = (id + 2147483647, NULL)", [], "SELECT 0"],
  [
    "SELECT greatest(NULL, '{}'::json)",
    [],
    "42883 could not identify a comparison function for type json",
  ],
  [
    "SELECT NULL EXCEPT SELECT greatest(NULL, '{}'::json)",
    [],
    "42883 at 27: could not identify an equality operator for type json",
  ],
  [
    "SELECT lead(id) OVER (PARTITION BY 'x' - 1.5 ORDER BY '{}'::json) FROM t",
    [],
    "42883 at 55: could not identify an ordering operator for type json [Use an explicit ordering operator or modify the query.]",
  ],
  [
    "SELECT lead(id) OVER (PARTITION BY '{}'::json) FROM t",
    [],
    "42883 at 36: could not identify an equality operator for type json",
  ],
  [
    "SELECT lead(id) OVER (PARTITION BY 'x' - NULL) FROM t WHERE n BETWEEN NULL AND '2026-11-25'::date",
    [],
    "42883 at 63: operator does not exist: integer <= date [No operator matches the given name and argument types. You might need to add explicit type casts.]",
  ],
  [
    "SELECT max(n) OVER (PARTITION BY s::uuid ORDER BY s::integer[]) FROM t WHERE id = 2",
    [],
    '22P02 malformed array literal: "abc" (Array value must start with "{" or dimension information.)',
  ],
  [
    "SELECT id, max(n) FROM t GROUP BY id, 2",
    [],
    "42803 at 12: aggregate functions are not allowed in GROUP BY",
  ],
  [
    "SELECT id, max(n) OVER () FROM t GROUP BY id, 2",
    [],
    "42P20 at 12: window functions are not allowed in GROUP BY",
  ],
  [
    "SELECT sign('NaN'::float8), sign('-Infinity'::float8), sign('NaN'::numeric)",
    [],
    "SELECT 1 ; 0 | -1 | NaN",
  ],
  [
    "SELECT json_build_object(NULL, 1)",
    [],
    "22023 argument 1 cannot be null [Object keys should be text.]",
  ],
  [
    "SELECT '-90 min'::timestamptz",
    [],
    '22009 at 8: time zone displacement out of range: "-90 min"',
  ],
  [
    "SELECT '-1500'::timestamptz",
    [],
    '22007 at 8: invalid input syntax for type timestamp with time zone: "-1500"',
  ],
  ["SELECT '-15:60'::date", [], '22009 at 8: time zone displacement out of range: "-15:60"'],
  [
    "SELECT length(round(1.5, 2147483647)::text), length(round(-2.5, 2001)::text), round(-31, -2147483648)",
    [],
    "SELECT 1 ; 16385 | 2004 | 0",
  ],
  [
    "CREATE TABLE z (k int, a integer DEFAULT (char_length($1::text)))",
    ["x"],
    '08P01 bind message supplies 1 parameters, but prepared statement "" requires 0',
  ],
  [
    "SELECT NULLIF(NULL::uuid, 'ok'::mood) IN (SELECT 'x'::uuid FROM t)",
    [],
    '22P02 at 50: invalid input syntax for type uuid: "x"',
  ],
  [
    "SELECT NULL = ANY (SELECT '{}'::json FROM t)",
    [],
    "42883 at 13: operator does not exist: unknown = json [No operator matches the given name and argument types. You might need to add explicit type casts.]",
  ],
  [
    "SELECT jsonb_object_agg(NULL::text, 1 ORDER BY id) FROM t HAVING sum(id) < 1",
    [],
    "22023 field name must not be null",
  ],
  ["SELECT 1 FROM t FULL JOIN o ON NULL <> ALL (ARRAY[t.id]) WHERE NULL", [], "SELECT 0"],
  [
    "SELECT 1 FROM t FULL JOIN o ON NULL <> ALL (ARRAY[t.id])",
    [],
    "0A000 FULL JOIN is only supported with merge-joinable or hash-joinable join conditions",
  ],
  [
    "SELECT k FROM (SELECT id AS k, $1 AS v FROM t WHERE $1::boolean) AS x",
    ["t"],
    "42P08 at 32: inconsistent types deduced for parameter $1 (boolean versus text)",
  ],
  [
    "SELECT avg(NULL) FILTER (WHERE NULL <@ '00000000-0000-0000-0000-000000000000'::uuid)",
    [],
    "42883 at 37: operator does not exist: unknown <@ uuid [No operator matches the given name and argument types. You might need to add explicit type casts.]",
  ],
  [
    "INSERT INTO o (t_id) VALUES (((CAST('abc' AS text))::uuid))",
    [],
    '42804 at 37: column "t_id" is of type integer but expression is of type uuid [You will need to rewrite or cast the expression.]',
  ],
  [
    "SELECT 1 WHERE CAST('abc'::text AS bigint)",
    [],
    "42804 at 16: argument of WHERE must be type boolean, not type bigint",
  ],
  [
    "CREATE INDEX z ON t ((s::mood))",
    [],
    "42P17 functions in index expression must be marked IMMUTABLE",
  ],
  [
    "CREATE INDEX z ON t ((s || now()::text))",
    [],
    "42P17 functions in index expression must be marked IMMUTABLE",
  ],
  [
    "CREATE INDEX z ON t (id) WHERE now() > '2020-01-01'",
    [],
    "42P17 functions in index predicate must be marked IMMUTABLE",
  ],
  ["CREATE INDEX z ON t ((lower(s) || 'x'), (n + 1))", [], "CREATE 0"],
  ["SELECT n, sum(id + 2147483647) FROM t GROUP BY 1 HAVING NULL", [], "SELECT 0"],
  [
    "SELECT id, count(*) FROM t GROUP BY id HAVING id > 1 AND count(*) > 0 ORDER BY id",
    [],
    "SELECT 2 ; 2 | 1 ; 3 | 1",
  ],
  ["SELECT count(*) FROM t HAVING 1 > 2", [], "SELECT 0"],
  [
    "SELECT 1 WHERE (CAST('1.5' AS numeric) + NULL)",
    [],
    "42804 at 22: argument of WHERE must be type boolean, not type numeric",
  ],
  [
    "SELECT 1 WHERE ((CAST('{3000000000}' AS bigint[]))[10])",
    [],
    "42804 at 23: argument of WHERE must be type boolean, not type bigint",
  ],
  [
    "SELECT substring(NULL FROM (SELECT (-3 + -2147483648) FROM t WHERE NULL LIMIT 1) FOR 2)",
    [],
    "SELECT 1 ; NULL",
  ],
  ["SELECT false AND (SELECT 1 / 0) > 1, (SELECT 1 / 0) > 1 AND false", [], "SELECT 1 ; f | f"],
  [
    "WITH c(c0) AS (SELECT 1 WHERE ((SELECT max(NULL) FROM o WHERE NULL), NULL) < (NULL, NULL)) SELECT 1 FROM c",
    [],
    "SELECT 0",
  ],
  [
    "SELECT enum_first(NULL::mood), enum_last('ok'::mood), enum_range(NULL::mood)",
    [],
    "SELECT 1 ; sad | happy | {sad,ok,happy}",
  ],
  [
    "SELECT enum_range('ok'::mood, NULL), enum_range(NULL, 'ok'::mood), enum_range('happy'::mood, 'sad'::mood), enum_range('ok'::mood, 'happy')",
    [],
    "SELECT 1 ; {ok,happy} | {sad,ok} | {} | {ok,happy}",
  ],
  [
    "SELECT enum_first(NULL)",
    [],
    "42883 at 8: function enum_first(unknown) does not exist [No function matches the given name and argument types. You might need to add explicit type casts.]",
  ],
  [
    "SELECT enum_first(1)",
    [],
    "42883 at 8: function enum_first(integer) does not exist [No function matches the given name and argument types. You might need to add explicit type casts.]",
  ],
  [
    "SELECT 1 ORDER BY CAST('{}' AS json), id",
    [],
    "42883 at 19: could not identify an ordering operator for type json [Use an explicit ordering operator or modify the query.]",
  ],
  [
    "SELECT 1 GROUP BY CAST('{}' AS json)",
    [],
    "42883 at 19: could not identify an equality operator for type json",
  ],
  [
    "SELECT lead(1) OVER (ORDER BY CAST('{}' AS json))",
    [],
    "42883 at 31: could not identify an ordering operator for type json [Use an explicit ordering operator or modify the query.]",
  ],
  [
    "SELECT lead(1) OVER (PARTITION BY CAST('{}' AS json))",
    [],
    "42883 at 35: could not identify an equality operator for type json",
  ],
  [
    "SELECT 1 ORDER BY '{}'::json",
    [],
    "42883 at 19: could not identify an ordering operator for type json [Use an explicit ordering operator or modify the query.]",
  ],
  [
    "SELECT 1 WHERE $1::bigint IN (SELECT $1 FROM t)",
    ["1"],
    "42883 at 27: operator does not exist: bigint = text [No operator matches the given name and argument types. You might need to add explicit type casts.]",
  ],
  ["INSERT INTO made (k, twice) VALUES (7, DEFAULT) RETURNING *", [], "INSERT 1 ; 7 | 14 | 7"],
  [
    "INSERT INTO made (k, twice) SELECT 7, 14",
    [],
    '428C9 cannot insert a non-DEFAULT value into column "twice" (Column "twice" is a generated column.)',
  ],
  [
    "UPDATE made SET twice = 3",
    [],
    '428C9 column "twice" can only be updated to DEFAULT (Column "twice" is a generated column.)',
  ],
  ["UPDATE made SET k = k + 20 RETURNING *", [], "UPDATE 2 ; 21 | 42 | 21 ; 23 | 46 | 23"],
  ["SELECT * FROM made_child", [], "SELECT 1 ; 3 | 30 | 90"],
  [
    "UPDATE made SET k = 13 WHERE k = 1",
    [],
    '23514 new row for relation "made" violates check constraint "made_label_check" (Failing row contains (13, 26, 13).)',
  ],
  ["INSERT INTO made VALUES (1000)", [], "22001 value too long for type character varying(3)"],
  [
    "INSERT INTO made VALUES (1) ON CONFLICT (twice) DO UPDATE SET k = made.k + excluded.twice + 2 RETURNING *",
    [],
    "INSERT 1 ; 5 | 10 | 5",
  ],
  [
    "CREATE TABLE x (a int, b int GENERATED ALWAYS AS (b + 1) STORED)",
    [],
    '42P17 at 51: cannot use generated column "b" in column generation expression (A generated column cannot reference another generated column.)',
  ],
  [
    "CREATE TABLE x (a int, b timestamptz GENERATED ALWAYS AS (now()) STORED)",
    [],
    "42P17 generation expression is not immutable",
  ],
  [
    "CREATE TABLE x (a int, b int GENERATED ALWAYS AS ((SELECT 1)) STORED)",
    [],
    "0A000 at 51: cannot use subquery in column generation expression",
  ],
  [
    "CREATE TABLE x (a int, b bool GENERATED ALWAYS AS (a + 1) STORED)",
    [],
    '42804 column "b" is of type boolean but default expression is of type integer [You will need to rewrite or cast the expression.]',
  ],
  [
    "CREATE TABLE x (a int, b int GENERATED ALWAYS AS (a) STORED REFERENCES made ON UPDATE CASCADE)",
    [],
    "42601 invalid ON UPDATE action for foreign key constraint containing generated column",
  ],
  [
    "ALTER TABLE made ALTER COLUMN twice DROP DEFAULT",
    [],
    '42601 column "twice" of relation "made" is a generated column [Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead.]',
  ],
  [
    "ALTER TABLE made_child DROP COLUMN k",
    [],
    "2BP01 cannot drop column k of table made_child because other objects depend on it (column ten of table made_child depends on column k of table made_child, column thirty of table made_child depends on column k of table made_child) [Use DROP ... CASCADE to drop the dependent objects too.]",
  ],
  [
    "ALTER TABLE made_child DROP COLUMN k CASCADE",
    [],
    "NOTICE drop cascades to 2 other objects (drop cascades to column ten of table made_child, drop cascades to column thirty of table made_child) ; ALTER 0",
  ],
  ["SELECT currval('q')", [], '55000 currval of sequence "q" is not yet defined in this session'],
  ["SELECT lastval()", [], "55000 lastval is not yet defined in this session"],
  ["SELECT nextval('q'), currval('q'), lastval()", [], "SELECT 1 ; 1 | 1 | 1"],
  ["SELECT setval('q', 10), currval('q'), nextval('q')", [], "SELECT 1 ; 10 | 10 | 11"],
  ["SELECT setval('q', 20, false), currval('q'), nextval('q')", [], "SELECT 1 ; 20 | 11 | 20"],
  [
    "SELECT setval('q', 0)",
    [],
    '22003 setval: value 0 is out of bounds for sequence "q" (1..9223372036854775807)',
  ],
  [
    "SELECT (CASE NULL WHEN NULL THEN NULL WHEN NULL THEN j END) || (j #- '{\"x y\"}') FROM t WHERE id = 2",
    [],
    "SELECT 1 ; NULL",
  ],
  [
    "SELECT nullif(nullif(NULL, s), (s::uuid)::text) FROM t WHERE id < 3",
    [],
    "SELECT 2 ; NULL ; NULL",
  ],
  [
    "SELECT 1 FROM t WHERE ((s::smallint), NULL) > (($1::jsonb ->> 'k')::bigint, NULL)",
    [null],
    '22P02 invalid input syntax for type smallint: "b c"',
  ],
  [
    "SELECT s::uuid FROM t EXCEPT SELECT s::smallint::text::uuid FROM t",
    [],
    '22P02 invalid input syntax for type uuid: "b c"',
  ],
  [
    "SELECT 1 FROM t JOIN o ON '' ~ 'x' WHERE ('10'::text)::boolean",
    [],
    '22P02 invalid input syntax for type boolean: "10"',
  ],
  ["SELECT 1 FROM o GROUP BY m + 1::smallint HAVING count(*) > NULL", [], "SELECT 0"],
  [
    "SELECT 1 FROM (SELECT s::boolean AS v FROM t) AS x WHERE x.v HAVING count(*) > NULL",
    [],
    "SELECT 0",
  ],
  [
    "SELECT x.id, o.id FROM (SELECT id, s::integer AS v FROM t) AS x LEFT JOIN o ON x.v = o.id AND NULL ORDER BY 1",
    [],
    "SELECT 3 ; 1 | NULL ; 2 | NULL ; 3 | NULL",
  ],
  [
    "SELECT id FROM t LEFT JOIN (VALUES (('x'::text)::timestamptz)) AS x(v) ON NULL ORDER BY 1",
    [],
    "SELECT 3 ; 1 ; 2 ; 3",
  ],
  [
    "INSERT INTO o (m, id) SELECT ('x'::text)::smallint, ('y'::text)::bigint FROM t RETURNING ($1::text)::uuid",
    ["z"],
    '22P02 invalid input syntax for type bigint: "y"',
  ],
  [
    "SELECT rank() OVER (ORDER BY (s::uuid)) FROM t WHERE 1 / n IS DISTINCT FROM NULL",
    [],
    '22P02 invalid input syntax for type uuid: "b c"',
  ],
  [
    "SELECT string_agg(id, ',' ORDER BY id, n) FROM t",
    [],
    "42883 at 8: function string_agg(integer, unknown) does not exist [No aggregate function matches the given name and argument types. Perhaps you misplaced ORDER BY; ORDER BY must appear after all regular arguments of the aggregate.]",
  ],
  [
    "CREATE INDEX ON t (id) WHERE s",
    [],
    "42804 at 30: argument of WHERE must be type boolean, not type text",
  ],
  [
    "CREATE INDEX ON t (id) WHERE (SELECT true)",
    [],
    "0A000 at 30: cannot use subquery in index predicate",
  ],
  [
    "SELECT 1 FROM t FULL JOIN o ON t.s::text = '10'::text",
    [],
    "0A000 FULL JOIN is only supported with merge-joinable or hash-joinable join conditions",
  ],
];

/** What came of a statement. */
export interface ToldStatement {
  readonly notices: readonly ToldMessage[];
  readonly error: (ToldMessage & { readonly code: string }) | null;
  readonly tag: string;
  readonly rows: readonly (readonly (string | null)[])[];
}

interface ToldMessage {
  readonly message: string;
  readonly position?: number | string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

/** In the words of `STATEMENT_ANSWERS`; rows that nothing orders are sorted by their text. */
export function tellStatement(sql: string, { notices, error, tag, rows }: ToldStatement): string {
  const told = notices.map((notice) => `NOTICE ${tellMessage(notice)}`);
  if (error !== null) {
    return [...told, `${error.code} ${tellMessage(error)}`].join(" ; ");
  }
  const texts = rows.map((row) => row.map((value) => value ?? "NULL").join(" | "));
  return [...told, tag, ...(/order by/i.test(sql) ? texts : texts.toSorted())].join(" ; ");
}

function tellMessage({ message, position, detail, hint }: ToldMessage): string {
  return [
    position === undefined ? "" : `at ${position}: `,
    message,
    detail === undefined ? "" : ` (${detail.replaceAll("\n", ", ")})`,
    hint === undefined ? "" : ` [${hint}]`,
  ].join("");
}
