import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { clientChange, type ClientChange } from "../client/client-change.ts";
import { clientRows } from "../client/client-row-codec.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { loadPostgresParser } from "../syntax/postgres-parser.ts";
import { type Asked, Rehearsal } from "../testing/rehearsal.ts";

beforeAll(loadPostgresParser);

let stage: Rehearsal;
beforeEach(() => {
  stage = new Rehearsal();
  stage.run("setup", TABLES);
});

const TABLES = `
  CREATE TABLE wallets (id text PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0));
  CREATE TABLE entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wallet_id text REFERENCES wallets (id),
    sent integer
  );
  CREATE INDEX entries_unsent ON entries (id) WHERE sent IS NULL;
  INSERT INTO wallets VALUES ('a', 100), ('b', 200)`;
const TAKE_A = "UPDATE wallets SET balance = balance - 60 WHERE id = 'a' AND balance >= 60";
const TAKE_B = "UPDATE wallets SET balance = balance - 60 WHERE id = 'b'";
const BALANCE_A = "SELECT balance FROM wallets WHERE id = 'a'";

/**
 * Steps `session: query`, and what each answers: a tag, rows, a code, or `waits`; later answers
 * follow a comma.
 */
const SCENARIOS: readonly (readonly [
  claim: string,
  steps: readonly (readonly [string, string])[],
])[] = [
  [
    "an uncommitted change is not seen, a committed one is",
    [
      ["s1: BEGIN", "BEGIN"],
      [`s1: ${TAKE_A}`, "UPDATE 1"],
      [`s1: ${BALANCE_A}`, "40"],
      [`s2: ${BALANCE_A}`, "100"],
      ["s1: COMMIT", "COMMIT"],
      [`s2: ${BALANCE_A}`, "40"],
    ],
  ],
  [
    "REPEATABLE READ keeps its first view, and a write to what has changed since fails",
    [
      ["s1: BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN"],
      [`s1: ${BALANCE_A}`, "100"],
      [`s2: ${TAKE_A}`, "UPDATE 1"],
      [`s1: ${BALANCE_A}`, "100"],
      [`s1: ${TAKE_A}`, "40001"],
      ["s1: COMMIT", "ROLLBACK"],
      [`s1: ${BALANCE_A}`, "40"],
    ],
  ],
  [
    "of two debits that both saw enough money, the second finds too little and does nothing",
    [
      ["s1: BEGIN", "BEGIN"],
      [`s1: ${TAKE_A}`, "UPDATE 1"],
      [`s2: ${TAKE_A}`, "waits"],
      ["s1: COMMIT", "COMMIT, s2 UPDATE 0"],
    ],
  ],
  [
    "the second debit goes through when the first is rolled back",
    [
      ["s1: BEGIN", "BEGIN"],
      [`s1: ${TAKE_A}`, "UPDATE 1"],
      [`s2: ${TAKE_A}`, "waits"],
      ["s1: ROLLBACK", "ROLLBACK, s2 UPDATE 1"],
    ],
  ],
  [
    "three that want one row get it in turn",
    [
      ["s1: BEGIN", "BEGIN"],
      [`s1: ${BALANCE_A} FOR UPDATE`, "100"],
      ["s2: UPDATE wallets SET balance = balance + 1 WHERE id = 'a'", "waits"],
      ["s3: UPDATE wallets SET balance = balance * 2 WHERE id = 'a'", "waits"],
      ["s1: COMMIT", "COMMIT, s2 UPDATE 1, s3 UPDATE 1"],
      [`s1: ${BALANCE_A}`, "202"],
    ],
  ],
  [
    "a lock wait that ends by the holder's closing connection goes on with the old row",
    [
      ["s1: BEGIN", "BEGIN"],
      [`s1: ${TAKE_A}`, "UPDATE 1"],
      [`s2: ${BALANCE_A} FOR UPDATE`, "waits"],
      ["s1: close", "closed, s2 100"],
    ],
  ],
  [
    "a deadlock has one victim after a second, and the other goes on",
    [
      ["s1: BEGIN", "BEGIN"],
      ["s2: BEGIN", "BEGIN"],
      [`s1: ${TAKE_A}`, "UPDATE 1"],
      [`s2: ${TAKE_B}`, "UPDATE 1"],
      [`s1: ${TAKE_B}`, "waits"],
      [`s2: ${TAKE_A}`, "waits"],
      ["s3: 999 ms", ""],
      ["s3: 1 ms", "s1 40P01, s2 UPDATE 1"],
      ["s1: SELECT 1", "25P02"],
      ["s1: COMMIT", "ROLLBACK"],
    ],
  ],
  [
    "an insert waits for the inserter of the same key: taken if it commits, free if it does not",
    [
      ["s1: BEGIN", "BEGIN"],
      ["s1: INSERT INTO wallets VALUES ('c', 1)", "INSERT 0 1"],
      ["s2: INSERT INTO wallets VALUES ('c', 2)", "waits"],
      ["s1: ROLLBACK", "ROLLBACK, s2 INSERT 0 1"],
      ["s1: BEGIN", "BEGIN"],
      ["s1: DELETE FROM wallets WHERE id = 'c'", "DELETE 1"],
      ["s2: INSERT INTO wallets VALUES ('c', 3)", "waits"],
      ["s1: ROLLBACK", "ROLLBACK, s2 23505 wallets_pkey"],
    ],
  ],
  [
    "ON CONFLICT DO NOTHING waits too, and then does nothing",
    [
      ["s1: BEGIN", "BEGIN"],
      ["s1: INSERT INTO wallets VALUES ('c', 1)", "INSERT 0 1"],
      ["s2: INSERT INTO wallets VALUES ('c', 2) ON CONFLICT (id) DO NOTHING", "waits"],
      ["s1: COMMIT", "COMMIT, s2 INSERT 0 0"],
    ],
  ],
  [
    "a reference passes beside a change of balance, but waits for a delete",
    [
      ["s1: BEGIN", "BEGIN"],
      [`s1: ${TAKE_A}`, "UPDATE 1"],
      ["s1: DELETE FROM wallets WHERE id = 'b'", "DELETE 1"],
      ["s2: INSERT INTO entries (wallet_id) VALUES ('a')", "INSERT 0 1"],
      ["s2: INSERT INTO entries (wallet_id) VALUES ('b')", "waits"],
      ["s1: COMMIT", "COMMIT, s2 23503 entries_wallet_id_fkey"],
    ],
  ],
  [
    "SKIP LOCKED leaves a locked row out, NOWAIT reports it",
    [
      ["s1: BEGIN", "BEGIN"],
      [`s1: ${TAKE_A}`, "UPDATE 1"],
      ["s2: SELECT id FROM wallets ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED", "b"],
      ["s2: SELECT id FROM wallets ORDER BY id FOR UPDATE NOWAIT", "55P03"],
    ],
  ],
  [
    "after an error nothing but the end of the transaction is taken, and COMMIT rolls back",
    [
      ["s1: BEGIN", "BEGIN"],
      [`s1: ${TAKE_A}`, "UPDATE 1"],
      ["s1: UPDATE wallets SET balance = -1 WHERE id = 'b'", "23514 wallets_balance_check"],
      [`s2: ${TAKE_A}`, "UPDATE 1"],
      ["s1: BEGIN", "25P02"],
      ["s1: COMMIT", "ROLLBACK"],
    ],
  ],
  [
    "an advisory lock makes the second wait for the first one's end",
    [
      ["s1: BEGIN", "BEGIN"],
      ["s1: SELECT pg_advisory_xact_lock(1)", ""],
      ["s2: SELECT pg_advisory_xact_lock(1)", "waits"],
      ["s1: COMMIT", "COMMIT, s2 "],
    ],
  ],
  [
    "an advisory lock of a session outlives its transaction, and is waited for in WHERE, once a row",
    [
      ["s1: BEGIN", "BEGIN"],
      ["s1: SELECT pg_advisory_lock(200)", ""],
      ["s1: ROLLBACK", "ROLLBACK"],
      [
        "s2: SELECT id FROM wallets WHERE pg_advisory_lock(balance) IS NOT NULL ORDER BY id",
        "waits",
      ],
      ["s3: SELECT pg_try_advisory_lock(100)", "false"],
      ["s1: SELECT pg_advisory_unlock(200)", "true, s2 a | b"],
      ["s2: SELECT pg_advisory_unlock(200)", "true"],
      ["s2: SELECT pg_advisory_unlock(200)", "false"],
      ["s2: close", "closed"],
      ["s3: SELECT pg_try_advisory_lock(100)", "true"],
    ],
  ],
];

describe("locks and visibility", () => {
  test.for(SCENARIOS)("%s", ([, steps]) => {
    const waiting = new Map<string, Asked>();
    const played = steps.map(([step]) => [step, play(step, waiting)]);
    expect(played).toEqual(steps);
  });
});

describe("an index that is not committed", () => {
  const FIND = "SELECT balance FROM wallets WHERE balance = 100";
  const shown = (name: string, sql = FIND) => stage.run(name, sql).rows.length;

  test("loses no row of a query that was planned before it was rolled back", () => {
    stage.run("s1", "BEGIN");
    stage.run("s1", "CREATE INDEX by_balance ON wallets (balance)");
    expect(shown("s2")).toBe(1);
    stage.run("s1", "ROLLBACK");
    stage.run("s1", "INSERT INTO wallets VALUES ('c', 100)");
    expect(shown("s2")).toBe(2);
  });

  test("is kept up and answers for uniqueness in its own transaction", () => {
    stage.run("s1", "BEGIN");
    stage.run("s1", "CREATE UNIQUE INDEX by_balance ON wallets (balance)");
    const insert = "INSERT INTO wallets VALUES ('c', 100) ON CONFLICT (balance) DO NOTHING";
    expect(stage.run("s1", insert).tag).toBe("INSERT 0 0");
    stage.run("s1", "INSERT INTO wallets VALUES ('d', 400)");
    stage.run("s1", "COMMIT");
    expect(shown("s1", "SELECT id FROM wallets WHERE balance = 400")).toBe(1);
    expect(stage.refusal("s1", "INSERT INTO wallets VALUES ('e', 400)").code).toBe("23505");
  });
});

test("the observer gets each commit in order, with rows as the client would, and nothing of what was rolled back", () => {
  const commits: { applicationName: string; changes: ClientChange[] }[] = [];
  stage.engine.onCommit(({ applicationName, changes }) =>
    commits.push({ applicationName, changes: changes.map(clientChange) }),
  );
  stage.run("s1", "BEGIN");
  stage.run("s1", "INSERT INTO wallets VALUES ('c', 1)");
  stage.run("s2", "INSERT INTO entries (wallet_id) VALUES ('a')");
  stage.run("s1", "UPDATE wallets SET balance = 2 WHERE id = 'c'");
  stage.run("s1", "COMMIT");
  stage.run("s1", "BEGIN");
  stage.run("s1", "DELETE FROM wallets WHERE id = 'c'");
  stage.run("s1", "ROLLBACK");
  stage.run("s1", BALANCE_A);
  stage.run("s1", "DELETE FROM wallets WHERE id = 'c'");
  const one = { id: "c", balance: "1" };
  const two = { id: "c", balance: "2" };
  const entry = { id: "1", wallet_id: "a", sent: null };
  expect(commits).toEqual([
    { applicationName: "s2", changes: [{ table: "entries", before: null, after: entry }] },
    {
      applicationName: "s1",
      changes: [
        { table: "wallets", before: null, after: one },
        { table: "wallets", before: one, after: two },
      ],
    },
    { applicationName: "s1", changes: [{ table: "wallets", before: two, after: null }] },
  ]);
});

test("an observer gets rows with the columns that the table has at the commit", () => {
  const rows: unknown[] = [];
  stage.engine.onCommit(({ changes }) =>
    rows.push(...changes.map(clientChange).map(({ after }) => after)),
  );
  stage.run("s1", "INSERT INTO wallets VALUES ('c', 1)");
  stage.run("s1", "ALTER TABLE wallets ADD COLUMN note text");
  stage.run("s1", "INSERT INTO wallets VALUES ('d', 2, 'new')");
  stage.run("s1", "ALTER TABLE wallets DROP COLUMN balance");
  stage.run("s1", "INSERT INTO wallets VALUES ('e', 'last')");
  expect(rows).toEqual([
    { id: "c", balance: "1" },
    { id: "d", balance: "2", note: "new" },
    { id: "e", note: "last" },
  ]);
});

test("what SET LOCAL says ends with its transaction, also where another setting stays", () => {
  const shownNow = () => stage.run("s1", "SHOW lock_timeout").rows;
  stage.run("s1", "BEGIN");
  stage.run("s1", "SET LOCAL lock_timeout = '2s'");
  stage.run("s1", "SET statement_timeout = '3s'");
  expect(shownNow()).toEqual([{ lock_timeout: "2s" }]);
  stage.run("s1", "COMMIT");
  expect(shownNow()).toEqual([{ lock_timeout: "0" }]);
  expect(stage.run("s1", "SHOW statement_timeout").rows).toEqual([{ statement_timeout: "3s" }]);
});

test("a crash keeps what was committed and nothing else, loses every session, and skips identity numbers", () => {
  const lost: string[] = [];
  const idle = stage.engine.openSession({ onLost: () => lost.push("idle") });
  stage.run("s1", "INSERT INTO entries (wallet_id) VALUES ('a')");
  stage.run("s1", "BEGIN");
  stage.run("s1", TAKE_A);
  stage.run("s1", "CREATE TABLE half_made (id text)");
  const waiter = stage.ask("s2", TAKE_A);
  stage.crash();
  expect(lost).toEqual(["idle"]);
  expect(() => idle.query("SELECT 1", [], () => {})).toThrow("closed");
  expect(waiter.reply).toBeUndefined();
  expect(stage.run("new", BALANCE_A).rows).toEqual([{ balance: "100" }]);
  expect(stage.refusal("new", "SELECT id FROM half_made").code).toBe("42P01");
  const inserted = stage.run("new", "INSERT INTO entries (wallet_id) VALUES ('a') RETURNING id");
  expect(inserted.rows).toEqual([{ id: "34" }]);
});

test("a commit that waits for its disk is seen by nobody, and keeps its locks", () => {
  stage.stuckFlushes = [];
  const commit = stage.ask("s1", TAKE_A);
  expect(commit.reply).toBeUndefined();
  expect(stage.run("s2", BALANCE_A).rows).toEqual([{ balance: "100" }]);
  const waiter = stage.ask("s3", "SELECT balance FROM wallets WHERE id = 'a' FOR UPDATE");
  expect(waiter.reply).toBeUndefined();
  stage.stuckFlushes.splice(0).forEach((durable) => durable());
  stage.settle();
  expect(commit.reply).toMatchObject({ tag: "UPDATE 1" });
  expect(waiter.reply).toMatchObject({ rows: [[40]] });
});

test.for([
  ["arrived", 1, "40"],
  ["not arrived", 0, "100"],
] as const)("a crash finds a commit on its way to the disk %s", ([, choice, balance]) => {
  stage.stuckFlushes = [];
  const commit = stage.ask("s1", TAKE_A);
  stage.choice = () => choice;
  stage.crash();
  expect(commit.reply).toBeUndefined();
  expect(stage.run("new", BALANCE_A).rows).toEqual([{ balance }]);
});

test("a client that goes while its statement waits: the statement still ends, and commits by itself", () => {
  stage.run("s1", "BEGIN");
  stage.run("s1", TAKE_A);
  const gone = stage.ask("s2", "UPDATE wallets SET balance = balance + 7 WHERE id = 'a'");
  stage.close("s2");
  stage.run("s1", "ROLLBACK");
  expect(gone.reply).toBeUndefined();
  expect(stage.run("s3", BALANCE_A).rows).toEqual([{ balance: "107" }]);
});

describe("SERIALIZABLE", () => {
  const SERIALIZABLE = "BEGIN ISOLATION LEVEL SERIALIZABLE";
  const SUM = "SELECT sum(balance) FROM wallets";

  /** Each reads both wallets and takes from one of them, as long as there is enough in all. */
  const skew = (begin: string) => {
    for (const name of ["s1", "s2"]) {
      stage.run(name, begin);
      expect(stage.run(name, SUM).rows).toEqual([{ sum: "300" }]);
    }
    stage.run("s1", TAKE_A);
    stage.run("s2", TAKE_B);
    stage.run("s1", "COMMIT");
    const { reply } = stage.ask("s2", "COMMIT");
    return reply?.kind === "error" ? reply.error : reply?.tag;
  };

  test("ends one of two transactions that each read what the other wrote", () => {
    expect(skew("BEGIN ISOLATION LEVEL REPEATABLE READ")).toBe("COMMIT");
    stage.run("s1", "UPDATE wallets SET balance = 100 WHERE id = 'a'");
    stage.run("s1", "UPDATE wallets SET balance = 200 WHERE id = 'b'");
    expect(skew(SERIALIZABLE)).toMatchObject({
      code: "40001",
      detail: "Reason code: Canceled on identification as a pivot, during commit attempt.",
    });
    expect(stage.run("s2", SUM).rows).toEqual([{ sum: "240" }]);
    expect(stage.run("s2", "COMMIT").tag).toBe("COMMIT");
  });

  test("sees that a row was missed which another inserted meanwhile", () => {
    for (const [name, id] of [
      ["s1", "c"],
      ["s2", "d"],
    ] as const) {
      stage.run(name, SERIALIZABLE);
      stage.run(name, "SELECT id FROM wallets WHERE balance = 7");
      stage.run(name, `INSERT INTO wallets VALUES ('${id}', 7)`);
    }
    expect(stage.run("s1", "COMMIT").tag).toBe("COMMIT");
    expect(stage.refusal("s2", "COMMIT").code).toBe("40001");
  });

  test("READ ONLY DEFERRABLE waits until its snapshot is known to be safe", () => {
    stage.run("s1", SERIALIZABLE);
    stage.run("s1", SUM);
    stage.run("s1", TAKE_A);
    stage.run("s2", `${SERIALIZABLE} READ ONLY DEFERRABLE`);
    const read = stage.ask("s2", BALANCE_A);
    expect(read.reply).toBeUndefined();
    stage.run("s1", "COMMIT");
    expect(read.reply).toMatchObject({ rows: [[100]] });
    stage.run("s2", "COMMIT");
    stage.run("s2", `${SERIALIZABLE} READ ONLY DEFERRABLE`);
    expect(stage.run("s2", BALANCE_A).rows).toEqual([{ balance: "40" }]);
  });
});

describe("notifications", () => {
  const heard = () =>
    stage.messages.map(([name, message]) =>
      message.kind === "notification"
        ? `${name} ${message.notification.channel} ${message.notification.payload}`
        : `${name} ${message.kind}`,
    );

  test("are sent at the commit, each once, in its order, and none of what was rolled back", () => {
    stage.run("s1", "LISTEN news");
    stage.run("s2", "BEGIN");
    stage.run("s2", "NOTIFY news, 'b'");
    stage.run("s2", "NOTIFY news, 'a'");
    stage.run("s2", "NOTIFY news, 'b'");
    stage.run("s2", "NOTIFY others, 'c'");
    stage.run("s2", "SAVEPOINT one");
    stage.run("s2", "NOTIFY news, 'd'");
    stage.run("s2", "ROLLBACK TO one");
    expect(heard()).toEqual([]);
    stage.run("s2", "COMMIT");
    expect(heard()).toEqual(["s1 news b", "s1 news a"]);
  });

  test("wait until the listener's own transaction is over", () => {
    stage.run("s1", "LISTEN news");
    stage.run("s1", "BEGIN");
    stage.run("s2", "NOTIFY news");
    expect(heard()).toEqual([]);
    stage.run("s1", "NOTIFY news, 'own'");
    stage.run("s1", "COMMIT");
    expect(heard()).toEqual(["s1 news ", "s1 news own"]);
  });

  test("are not heard after UNLISTEN or by who began to listen in a transaction that failed", () => {
    stage.run("s1", "LISTEN news");
    stage.run("s1", "UNLISTEN *");
    stage.run("s2", "BEGIN");
    stage.run("s2", "LISTEN news");
    stage.run("s2", "ROLLBACK");
    stage.run("s3", "NOTIFY news");
    expect(heard()).toEqual([]);
    expect(stage.refusal("s3", 'NOTIFY ""').code).toBe("42601");
  });
});

test("a session that is idle in a transaction for too long is ended, and its locks go", () => {
  stage.run("s1", "SET idle_in_transaction_session_timeout = '1s'");
  stage.run("s1", "BEGIN");
  stage.run("s1", TAKE_A);
  stage.advance(900);
  stage.run("s1", BALANCE_A);
  const waiter = stage.ask("s2", TAKE_A);
  stage.advance(999);
  expect(waiter.reply).toBeUndefined();
  stage.advance(1);
  expect(stage.messages).toMatchObject([["s1", { kind: "fatal", error: { code: "25P03" } }]]);
  expect(waiter.reply).toMatchObject({ tag: "UPDATE 1" });
  expect(() => stage.session("s1").query("SELECT 1", [], () => {})).toThrow("closed");
});

test("a session that is terminated answers with it, and a commit on its way to the disk is kept", () => {
  const end = new PostgresError("57P01", "terminating connection", {}, "FATAL");
  stage.run("s1", "BEGIN");
  stage.run("s1", TAKE_A);
  const waiter = stage.ask("s2", TAKE_A);
  stage.session("s2").terminate(end);
  expect(waiter.reply).toMatchObject({ kind: "error", error: { code: "57P01" } });
  stage.stuckFlushes = [];
  const commit = stage.ask("s1", "COMMIT");
  stage.session("s1").terminate(end);
  expect(commit.reply).toBeUndefined();
  stage.stuckFlushes.splice(0).forEach((durable) => durable());
  expect(commit.reply).toMatchObject({ tag: "COMMIT" });
  expect(stage.messages).toMatchObject([["s1", { kind: "fatal", error: { code: "57P01" } }]]);
  expect(stage.run("s3", BALANCE_A).rows).toEqual([{ balance: "40" }]);
});

test("LOCK TABLE NOWAIT does not go before a waiter, even for who holds a lock already", () => {
  stage.run("s1", "BEGIN");
  stage.run("s1", TAKE_A);
  stage.ask("s2", "TRUNCATE entries, wallets");
  const code = stage.refusal("s1", "LOCK TABLE wallets IN ACCESS EXCLUSIVE MODE NOWAIT").code;
  expect(code).toBe("55P03");
});

test("the host chooses which waiter of one commit wakes first", () => {
  stage.run("s1", "BEGIN");
  stage.run("s1", "SELECT id FROM wallets FOR UPDATE");
  stage.choice = (count) => count - 1;
  const answered: string[] = [];
  for (const name of ["s2", "s3"]) {
    const id = name === "s2" ? "a" : "b";
    stage.session(name).query(`UPDATE wallets SET balance = 1 WHERE id = '${id}'`, [], () => {
      answered.push(name);
    });
  }
  stage.run("s1", "COMMIT");
  expect(answered).toEqual(["s3", "s2"]);
});

test("a statement may let others in between two rows, so opposite orders end in a deadlock", () => {
  const both = "UPDATE wallets SET balance = balance + 1 WHERE balance > 0";
  const outcomeOf = (pausing: () => boolean): string[] => {
    stage.pausing = pausing;
    const answers: string[] = [];
    let choices = 0;
    stage.choice = (count) => {
      choices += 1;
      return choices === 1 ? 0 : count - 1;
    };
    for (const name of ["s1", "s2"]) {
      stage.session(name).query(both, [], (reply) => {
        answers.push(reply.kind === "error" ? reply.error.code : reply.tag);
      });
    }
    stage.advance(2_000);
    return answers;
  };
  expect(outcomeOf(() => false)).toEqual(["UPDATE 2", "UPDATE 2"]);
  expect(outcomeOf(() => true)).toEqual(["40P01", "UPDATE 2"]);
});

test("the host chooses the order of rows that no ORDER BY asks for, and no other", () => {
  const idsOf = (sql: string) => stage.run("s1", sql).rows.map((row) => row["id"]);
  expect(idsOf("SELECT id FROM wallets")).toEqual(["a", "b"]);
  stage.choice = (count) => count - 1;
  expect(idsOf("SELECT id FROM wallets")).toEqual(["b", "a"]);
  expect(idsOf("SELECT id FROM wallets ORDER BY id")).toEqual(["a", "b"]);
});

test("parameters must be as many as the statement has, and of a type that can be told", () => {
  expect(stage.refusal("s1", "SELECT id FROM wallets WHERE id = $1").code).toBe("42P02");
  expect(stage.refusal("s1", "SELECT id FROM wallets WHERE id = $1", ["a", "b"]).code).toBe(
    "08P01",
  );
  expect(stage.refusal("s1", "SELECT $2", [1, 2]).code).toBe("42P18");
  expect(stage.refusal("s1", "SELECT $1 + $2", [1, 2]).code).toBe("42725");
});

function play(step: string, waiting: Map<string, Asked>): string {
  const [name = "", sql = ""] = step.split(/: (.*)/s);
  const answers: string[] = [];
  const delayMs = /^([0-9]+) ms$/.exec(sql)?.[1];
  if (delayMs !== undefined) {
    stage.advance(Number(delayMs));
  } else if (sql === "close") {
    stage.close(name);
    answers.push("closed");
  } else {
    const asked = stage.ask(name, sql);
    answers.push(describeAnswer(asked));
    if (asked.reply === undefined) {
      waiting.set(name, asked);
    }
  }
  for (const [other, asked] of waiting) {
    if (asked.reply === undefined) {
      continue;
    }
    waiting.delete(other);
    answers.push(`${other} ${describeAnswer(asked)}`);
  }
  return answers.join(", ");
}

function describeAnswer({ reply }: Asked): string {
  if (reply === undefined) {
    return "waits";
  }
  if (reply.kind === "error") {
    return [reply.error.code, reply.error.constraint].join(" ").trim();
  }
  if (reply.fields.length === 0) {
    return reply.tag;
  }
  return clientRows(reply)
    .map((row) => Object.values(row).join(" "))
    .join(" | ");
}
