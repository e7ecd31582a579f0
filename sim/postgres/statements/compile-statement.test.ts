import { beforeAll, describe, expect, test } from "vitest";
import { NotSimulated } from "../../kernel/not-simulated.ts";
import { loadPostgresParser } from "../syntax/postgres-parser.ts";
import { Rehearsal } from "../testing/rehearsal.ts";

beforeAll(loadPostgresParser);

describe("what is not simulated ends the run by its name, and the statement never answers", () => {
  test.for([
    ["SELECT pg_sleep(1)", "function pg_sleep"],
    ["SELECT quote_ident(a) FROM t", "function quote_ident(text)"],
    ["SELECT a FROM t WHERE a SIMILAR TO 'x'", "AEXPR_SIMILAR"],
    ["SELECT a FROM t GROUP BY ROLLUP (a)", "GroupingSet"],
    ["SELECT a FROM t TABLESAMPLE SYSTEM (10)", "RangeTableSample"],
    ["SELECT 'x' ~ '(?i)x'", "this regular expression"],
    ["SELECT 2.5 ^ 2", "operator numeric ^ numeric"],
    ["SELECT '1'::money", "type money"],
    ["SELECT a::inet FROM t", "type inet"],
    ["SELECT a::interval(3) FROM t", "interval with fields or a precision"],
    ["SELECT mode() WITHIN GROUP (ORDER BY a) FROM t", "agg_within_group"],
    ["SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY 1) FROM t", "agg_within_group"],
    ["SELECT a FROM t ORDER BY a FETCH FIRST 1 ROW WITH TIES", "limitOption"],
    ["INSERT INTO t (a) OVERRIDING SYSTEM VALUE VALUES ('x')", "InsertStmt with override"],
    ["CREATE TABLE x (a money)", "type money"],
    ['CREATE TABLE x (a text COLLATE "de_DE")', "ColumnDef with collClause"],
    ["CREATE TEMP TABLE x (a text)", "relpersistence"],
    ["CREATE INDEX ON t USING hash (a)", "accessMethod"],
    ["CREATE INDEX CONCURRENTLY ON t (a)", "IndexStmt with concurrent"],
    ["CREATE INDEX ON t (quote_ident(a))", "function quote_ident"],
    ["ALTER TABLE t ALTER COLUMN a TYPE bigint", "AT_AlterColumnType"],
    ["DROP VIEW v", "DROP of OBJECT_VIEW"],
    ["CREATE SEQUENCE s CACHE 5", "a sequence that caches numbers"],
    ["CREATE TABLE x (a text, EXCLUDE (a WITH =))", "Constraint with"],
    ["PREPARE TRANSACTION 'x'", "TransactionStmt with gid"],
    ["SET work_mem = '1MB'", "setting work_mem"],
    ["SHOW ALL", "SHOW ALL"],
  ])("%s", ([sql = "", feature = ""]) => {
    const stage = new Rehearsal();
    stage.run("s", "CREATE TABLE t (a text PRIMARY KEY); CREATE TABLE u (a text)");
    expect(stage.ask("s", sql).reply).toBeUndefined();
    const [failure] = stage.failures;
    expect(failure).toBeInstanceOf(NotSimulated);
    expect(failure).toHaveProperty("feature", expect.stringContaining(feature));
  });
});

describe("what only an unread part of a statement explains is refused, not called missing", () => {
  test.for([
    ["SELECT relname FROM pg_class", "a table of pg_catalog"],
    ["SELECT * FROM information_schema.tables", "RangeVar with schemaname"],
    ["SELECT xmax FROM t", "the system column xmax"],
    ["SELECT t.ctid FROM t", "the system column ctid"],
    ["DELETE FROM t WHERE xmin = 1", "the system column xmin"],
    ["SELECT t FROM t", "a reference to a whole row of t"],
    ["UPDATE t SET a = 'x' RETURNING t", "a reference to a whole row of t"],
  ])("%s", ([sql = "", feature = ""]) => {
    const stage = new Rehearsal();
    stage.run("s", "CREATE TABLE t (a text PRIMARY KEY); CREATE TABLE u (a text)");
    expect(stage.ask("s", sql).reply).toBeUndefined();
    expect(stage.failures[0]).toHaveProperty("feature", expect.stringContaining(feature));
  });

  test("a mistake in a statement that is read whole is Postgres's own error", () => {
    const stage = new Rehearsal();
    stage.run("s", "CREATE TABLE t (a text PRIMARY KEY)");
    expect(stage.refusal("s", "SELECT p.a FROM t")).toMatchObject({ code: "42P01" });
    expect(stage.refusal("s", "SELECT xmin")).toMatchObject({ code: "42703" });
    expect(stage.refusal("s", "SELECT a FROM missing")).toMatchObject({ code: "42P01" });
  });
});

test("a refusal shows the piece of the statement that it is about", () => {
  const stage = new Rehearsal();
  stage.ask("s", "SELECT 1,\n  pg_sleep(1)");
  expect(stage.failures).toEqual([
    expect.objectContaining({
      message: 'not simulated: function pg_sleep(double precision) at "pg_sleep(1)"',
    }),
  ]);
});

test("engines share what is compiled for a table of one shape, and no rows", () => {
  const answers = ["bigint", "integer", "bigint"].map((type) => {
    const stage = new Rehearsal();
    stage.run("s", `CREATE TABLE t (id ${type})`);
    stage.run("s", "INSERT INTO t (id) VALUES ($1)", [7]);
    return stage.run("s", "SELECT id FROM t WHERE id = $1", [7]).rows;
  });
  expect(answers).toEqual([[{ id: "7" }], [{ id: 7 }], [{ id: "7" }]]);
});
