import { beforeAll, expect, test } from "vitest";
import type { PostgresHost } from "../ground/host.ts";
import { Session } from "../server/session.ts";
import { SharedDatabase } from "../server/shared-database.ts";
import { loadPostgresParser } from "../syntax/postgres-parser.ts";

beforeAll(loadPostgresParser);

const host: PostgresHost = {
  nowUs: () => 0,
  setTimer: () => () => {},
  choose: () => 0,
  pause: () => false,
  flush: () => true,
  wake: (callback) => callback(),
  fail: (error) => {
    throw error;
  },
};

function startDatabase() {
  const sessions: Session[] = [];
  const database = new SharedDatabase(host, {
    resume: () => {},
    oldestSnapshot: () =>
      sessions.map((one) => one.oldestSnapshot).find((one) => one !== null) ?? null,
  });
  const open = () => {
    const hooks = { told: () => {}, lost: () => {}, ended: () => {}, failed: host.fail.bind(host) };
    const session = new Session(
      { processId: sessions.length, applicationName: "", isObserver: false },
      database,
      hooks,
    );
    sessions.push(session);
    return (sql: string) => session.query(sql, [], (reply) => expect(reply.kind).toBe("result"));
  };
  return { database, open };
}

test("old versions and their index entries go as soon as nobody can see them", () => {
  const { database, open } = startDatabase();
  const writer = open();
  const reader = open();
  writer("CREATE TABLE t (id bigint PRIMARY KEY, sent integer)");
  writer("CREATE INDEX unsent ON t (id) WHERE sent IS NULL");
  writer("INSERT INTO t VALUES (1), (2), (3)");
  const relation = database.catalog.names.get("t")?.[0]?.meaning;
  const table = relation?.kind === "table" ? relation.table : undefined;
  const sizes = () => ({
    entries: table?.indexes.map((index) => index.entries.size),
    versions: [...(table?.rows ?? [])].map((row) => row.versions.length),
  });
  expect(sizes()).toEqual({ entries: [3, 3], versions: [1, 1, 1] });

  reader("BEGIN ISOLATION LEVEL REPEATABLE READ");
  reader("SELECT id FROM t");
  writer("UPDATE t SET sent = 1 WHERE id < 3");
  writer("DELETE FROM t WHERE id = 3");
  expect(sizes()).toEqual({ entries: [3, 3], versions: [2, 2, 1] });
  reader("COMMIT");
  expect(sizes()).toEqual({ entries: [2, 0], versions: [1, 1] });

  writer("BEGIN");
  writer("UPDATE t SET id = id + 10");
  writer("INSERT INTO t VALUES (4)");
  expect(sizes()).toEqual({ entries: [5, 1], versions: [2, 2, 1] });
  writer("ROLLBACK");
  expect(sizes()).toEqual({ entries: [2, 0], versions: [1, 1] });
});
