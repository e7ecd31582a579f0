import { createDraws, type Draws } from "../draws.ts";
import { SORTS } from "./sorts.ts";
import type { SqlPart, SqlTree } from "./sql-tree.ts";
import type { SurfaceTable } from "./surface-schema.ts";
import { keysOf } from "./write-expression.ts";
import { optional, QueryWriter } from "./write-query.ts";

/** One random statement, with what is asked after it. */
export interface SurfaceCase {
  readonly seed: number;
  readonly tree: SqlTree;
  /** Asked in the same transaction after a statement that changes something. */
  readonly afterwards: readonly string[];
  readonly isOrdered: boolean;
  /** True when all of it is what the documentation says is simulated. */
  readonly isListed: boolean;
}

/** The statement of a seed. */
export function surfaceCase(
  seed: number,
  tables: readonly [SurfaceTable, ...SurfaceTable[]],
): SurfaceCase {
  const draws = createDraws(seed);
  const queries = new QueryWriter(draws, tables);
  const kind = draws.below(100);
  const done = (tree: SqlTree, afterwards: readonly string[], isOrdered = false): SurfaceCase => ({
    seed,
    tree,
    afterwards,
    isOrdered,
    isListed: queries.expressions.isListed,
  });
  if (kind < 72) {
    const { tree, isOrdered } = queries.query();
    return done(tree, [], isOrdered);
  }
  const [wide, narrow] = [tables[0], tables[1] ?? tables[0]];
  if (kind < 80) {
    return done(insertStatement(draws, queries, narrow), tellsOf(narrow));
  }
  if (kind < 88) {
    return done(updateStatement(draws, queries, draws.chance(50) ? wide : narrow, narrow), [
      ...tellsOf(wide),
      ...tellsOf(narrow),
    ]);
  }
  if (kind < 92) {
    return done(deleteStatement(draws, queries, narrow, wide), tellsOf(narrow));
  }
  if (kind < 95) {
    return done(modifyingQuery(draws, queries, narrow), tellsOf(narrow));
  }
  const { text, afterwards } = definition(draws, queries, wide);
  return done(statement(text), afterwards);
}

function tellsOf({ name, columns }: SurfaceTable): string[] {
  return [`SELECT * FROM ${name} ORDER BY ${columns[0]?.name ?? "1"}`];
}

function insertStatement(draws: Draws, queries: QueryWriter, table: SurfaceTable): SqlTree {
  const { expressions } = queries;
  if (draws.chance(30)) {
    const extra = expressions.expression("text", { columns: [] }, 1);
    const amount = draws.chance(50)
      ? expressions.expression("int4", { columns: [] }, 1)
      : "DEFAULT";
    const code = draws.pick<SqlPart>(["'g1'", "'g9'", extra]);
    return statement([
      "INSERT INTO g (code, amount) VALUES (",
      code,
      ", ",
      amount,
      ")",
      conflictClause(draws, queries, "code", "amount"),
      optional(" RETURNING id, code, amount"),
    ]);
  }
  const columns = table.columns.filter(({ isKey }) => isKey || draws.chance(60));
  const row = () => {
    const values = columns.map(({ sort, isKey }) =>
      isKey
        ? plain(draws.pick(["1", "3", "50", "51", "52"]))
        : draws.chance(8)
          ? plain("DEFAULT")
          : expressions.expression(sort, { columns: [] }, 1),
    );
    return ["(", joinedAll(values), ")"];
  };
  const names = columns.map(({ name }) => name).join(", ");
  const source: SqlPart[] = draws.chance(70)
    ? [" VALUES ", ...row(), ...(draws.chance(20) ? [", ", ...row()] : [])]
    : insertedQuery(queries, columns);
  const conflict = conflictClause(
    draws,
    queries,
    table.columns[0]?.name ?? "id",
    columns.at(-1)?.name ?? "t_id",
    table,
  );
  const returning = draws.chance(50)
    ? optional(
        " RETURNING ",
        draws.chance(50)
          ? "*"
          : expressions.expression("any", queries.scopeOf(table, `${table.name}.`), 1),
      )
    : "";
  return statement([`INSERT INTO ${table.name} (${names})`, ...source, conflict, returning]);
}

function insertedQuery(queries: QueryWriter, columns: SurfaceTable["columns"]): SqlPart[] {
  const values = columns.map(({ sort, isKey }) =>
    isKey
      ? plain("s.v + 100")
      : queries.expressions.expression(
          sort,
          { columns: [{ sql: "s.v", sort: "int4", isKey: true }] },
          1,
        ),
  );
  return [" SELECT ", joinedAll(values), " FROM generate_series(1, 2) AS s(v)"];
}

function conflictClause(
  draws: Draws,
  queries: QueryWriter,
  target: string,
  set: string,
  table?: SurfaceTable,
): SqlPart {
  const kind = draws.below(6);
  if (kind < 2) {
    return "";
  }
  if (kind === 2) {
    return optional(" ON CONFLICT DO NOTHING");
  }
  if (kind === 3) {
    return optional(` ON CONFLICT (${target}) DO NOTHING`);
  }
  const own =
    table === undefined
      ? {
          columns: [
            { sql: "g.amount", sort: "int4", isKey: false },
            { sql: "excluded.amount", sort: "int4", isKey: false },
          ],
        }
      : {
          columns: [
            ...queries.scopeOf(table, `${table.name}.`).columns,
            ...queries.scopeOf(table, "excluded.").columns,
          ],
        };
  const sort = table?.columns.find(({ name }) => name === set)?.sort ?? "int4";
  const where = draws.chance(30)
    ? optional(" WHERE ", queries.expressions.expression("bool", own, 1))
    : "";
  return optional(
    ` ON CONFLICT (${target}) DO UPDATE SET ${set} = `,
    queries.expressions.expression(sort, own, 1),
    where,
  );
}

function updateStatement(
  draws: Draws,
  queries: QueryWriter,
  table: SurfaceTable,
  other: SurfaceTable,
): SqlTree {
  const { expressions } = queries;
  const own = queries.scopeOf(table, `${table.name}.`);
  const column = draws.pickOf(table.columns.filter(({ isKey }) => !isKey));
  const assigned = column?.name ?? "id";
  const value = (scope: typeof own) => expressions.expression(column?.sort ?? "int4", scope, 2);
  const returning = draws.chance(40)
    ? optional(" RETURNING ", expressions.expression("any", own, 1))
    : "";
  if (draws.chance(35)) {
    const { alias, scope } = queries.aliased(other);
    const both = { columns: [...own.columns, ...scope.columns] };
    const key = table.columns[0]?.name ?? "id";
    const join = expressionOf(`${table.name}.${key} = ${alias}.${other.columns[0]?.name ?? "id"}`);
    return statement([
      `UPDATE ${table.name} SET ${assigned} = `,
      value(both),
      ` FROM ${other.name} ${alias} WHERE `,
      join,
      optional(" AND ", expressions.expression("bool", both, 1)),
      returning,
    ]);
  }
  const where = optional(" WHERE ", expressions.expression("bool", own, 2));
  return statement([`UPDATE ${table.name} SET ${assigned} = `, value(own), where, returning]);
}

function deleteStatement(
  draws: Draws,
  queries: QueryWriter,
  table: SurfaceTable,
  other: SurfaceTable,
): SqlTree {
  const own = queries.scopeOf(table, `${table.name}.`);
  const returning = optional(
    " RETURNING ",
    draws.chance(50) ? "*" : queries.expressions.expression("any", own, 1),
  );
  if (draws.chance(30)) {
    const { alias, scope } = queries.aliased(other);
    const both = { columns: [...own.columns, ...scope.columns] };
    return statement([
      `DELETE FROM ${table.name} USING ${other.name} ${alias} WHERE ${table.name}.t_id = ${alias}.id`,
      optional(" AND ", queries.expressions.expression("bool", both, 1)),
      returning,
    ]);
  }
  return statement([
    `DELETE FROM ${table.name} WHERE `,
    queries.expressions.expression("bool", own, 2),
    returning,
  ]);
}

function modifyingQuery(draws: Draws, queries: QueryWriter, table: SurfaceTable): SqlTree {
  const own = queries.scopeOf(table, `${table.name}.`);
  const where = queries.expressions.expression("bool", own, 1);
  const key = keysOf(own);
  const change = draws.pick<readonly SqlPart[]>([
    [`DELETE FROM ${table.name} WHERE `, where, " RETURNING *"],
    [`UPDATE ${table.name} SET t_id = 2 WHERE `, where, " RETURNING *"],
    [
      `UPDATE ${table.name} SET t_id = c.t_id FROM (SELECT * FROM ${table.name} WHERE `,
      where,
      ` ORDER BY ${key} LIMIT 2 FOR UPDATE SKIP LOCKED) c WHERE c.${table.columns[0]?.name ?? ""} = ${key} RETURNING ${table.name}.*`,
    ],
  ]);
  const tail = draws.pick([
    "SELECT count(*) FROM m",
    "SELECT * FROM m",
    `INSERT INTO ${table.name} SELECT 900, 1 FROM m LIMIT 1 RETURNING t_id`,
    "SELECT m.t_id, t.id FROM m JOIN t ON t.id = m.t_id",
  ]);
  return statement(["WITH m AS (", ...change, `) ${tail}`]);
}

function definition(
  draws: Draws,
  queries: QueryWriter,
  wide: SurfaceTable,
): { readonly text: readonly SqlPart[]; readonly afterwards: readonly string[] } {
  const { expressions } = queries;
  const sort = expressions.exactSort("any");
  const typeName = SORTS.get(sort)?.typeName ?? "text";
  const constant = () => expressions.expression(sort, { columns: [] }, 1);
  const column = [{ sql: "a", sort, isKey: false }];
  const check = () => expressions.expression("bool", { columns: column }, 1);
  const tell = [
    "SELECT * FROM n",
    "INSERT INTO n (k) VALUES (2) RETURNING *",
    "SELECT * FROM n ORDER BY 1",
  ];
  return draws.pick<{ readonly text: readonly SqlPart[]; readonly afterwards: readonly string[] }>([
    { text: [`CREATE TABLE n (k int, a ${typeName} DEFAULT `, constant(), ")"], afterwards: tell },
    { text: [`CREATE TABLE n (k int, a ${typeName} CHECK (`, check(), "))"], afterwards: tell },
    { text: [`CREATE TABLE n (k int PRIMARY KEY, a ${typeName} NOT NULL)`], afterwards: tell },
    {
      text: [
        `CREATE TABLE n (k int UNIQUE, a ${typeName}, b text GENERATED ALWAYS AS (`,
        expressions.expression("text", { columns: column }, 1),
        ") STORED)",
      ],
      afterwards: tell,
    },
    {
      text: ["CREATE TABLE n (k serial, a int REFERENCES t (id) ON DELETE CASCADE)"],
      afterwards: [
        "INSERT INTO n (a) VALUES (1), (1) RETURNING *",
        "DELETE FROM o",
        "DELETE FROM t WHERE id = 1",
        "SELECT * FROM n",
      ],
    },
    {
      text: [
        "CREATE INDEX n_i ON t (",
        expressions.expression("any", { columns: queries.scopeOf(wide, "").columns }, 1),
        ")",
      ],
      afterwards: ["SELECT 1"],
    },
    {
      text: [
        "CREATE UNIQUE INDEX n_i ON t (id) WHERE ",
        expressions.expression("bool", { columns: queries.scopeOf(wide, "").columns }, 1),
      ],
      afterwards: ["SELECT 1"],
    },
    {
      text: [`ALTER TABLE g ADD COLUMN a ${typeName}`],
      afterwards: ["SELECT * FROM g ORDER BY id"],
    },
    {
      text: [`ALTER TABLE g ADD COLUMN a ${typeName} NOT NULL DEFAULT `, constant()],
      afterwards: ["SELECT * FROM g ORDER BY id"],
    },
    { text: ["ALTER TABLE g DROP COLUMN amount"], afterwards: ["SELECT * FROM g ORDER BY id"] },
    { text: ["ALTER TABLE g ADD CONSTRAINT c CHECK (amount > 1)"], afterwards: [] },
    {
      text: [
        "DROP TABLE ",
        draws.pick(["o", "t", "nothing", "IF EXISTS nothing", "t CASCADE", "o, t"]),
      ],
      afterwards: ["SELECT count(*) FROM o"],
    },
    {
      text: ["TRUNCATE ", draws.pick(["o", "t", "t, o", "t CASCADE", "g RESTART IDENTITY"])],
      afterwards: ["SELECT count(*) FROM o", "INSERT INTO g (code) VALUES ('z') RETURNING id"],
    },
    {
      text: [
        "INSERT INTO h (a, note) VALUES (",
        expressions.expression("int4", { columns: [] }, 1),
        ", DEFAULT) RETURNING *",
      ],
      afterwards: ["UPDATE h SET a = 5 WHERE a = 1 RETURNING *", "INSERT INTO h (b) VALUES (1)"],
    },
    {
      text: [
        draws.pick([
          "SET LOCAL statement_timeout = '5s'",
          "SHOW transaction_isolation",
          "SAVEPOINT a",
          "RELEASE a",
          "SET LOCAL lock_timeout TO 100",
          "LOCK TABLE t IN EXCLUSIVE MODE",
          "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
          "NOTIFY c, 'x'",
          "LISTEN c",
          "BEGIN",
        ]),
      ],
      afterwards: ["ROLLBACK TO a", "SELECT 1"],
    },
    {
      text: [
        draws.pick([
          "CREATE SEQUENCE q",
          "CREATE SEQUENCE q START 5 INCREMENT 2",
          "CREATE TYPE k AS ENUM ('x', 'y')",
        ]),
      ],
      afterwards: ["SELECT nextval('q'), currval('q')", "SELECT 'x'::k < 'y'::k"],
    },
  ]);
}

function statement(parts: readonly SqlPart[]): SqlTree {
  return { sort: "statement", parts, shortest: "SELECT 1" };
}

function plain(text: string): SqlTree {
  return { sort: "plain", parts: [text], shortest: text };
}

function expressionOf(text: string): SqlTree {
  return { sort: "bool", parts: [text], shortest: "true" };
}

/** A list none of whose elements may be left out. */
function joinedAll(trees: readonly SqlTree[]): SqlTree {
  const parts = trees.flatMap((tree, at): SqlPart[] => (at === 0 ? [tree] : [", ", tree]));
  return { sort: "all", parts, shortest: parts.length === 0 ? "" : "1" };
}
