import { createHash } from "node:crypto";
import { PostgresEngine } from "../../../sim/postgres/server/postgres-engine.ts";
import type { QueryReply } from "../../../sim/postgres/server/query-result.ts";
import type { Session } from "../../../sim/postgres/server/session.ts";
import { createDraws, type Draws } from "../draws.ts";
import type { AfterCrash } from "./judge-crash.ts";
import { SeededHost } from "./seeded-host.ts";

const ACCOUNTS = 4;
const BALANCE = 1_000;
const CLIENTS = 5;
const EVENTS_MAX = 500;

const SCHEMA: readonly string[] = [
  "CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL CHECK (balance >= 0))",
  "CREATE TABLE moves (id text PRIMARY KEY)",
  "CREATE TABLE entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, move_id text NOT NULL REFERENCES moves (id), account_id bigint NOT NULL REFERENCES accounts (id), delta bigint NOT NULL)",
  `INSERT INTO accounts VALUES ${Array.from({ length: ACCOUNTS }, (_, at) => `(${at}, ${BALANCE})`).join(", ")}`,
];

/** What a run until its crash came to. */
export interface CrashRun {
  readonly facts: AfterCrash;
  /** Of every answer and every commit, in order. */
  readonly hash: string;
}

/**
 * Clients move money between accounts, and the server crashes in the midst of it. Await
 * `loadPostgresParser()` before.
 */
export function runUntilCrash(seed: number): CrashRun {
  const draws = createDraws(seed);
  const host = new SeededHost(draws);
  const engine = new PostgresEngine(host);
  const hash = createHash("sha256");
  const committed = new Set<string>();
  engine.onCommit((commit) => {
    for (const { table, after } of commit.changes) {
      const text = JSON.stringify(after, (_, value: unknown) =>
        typeof value === "bigint" ? String(value) : value,
      );
      hash.update(`${table} ${text}\n`);
      if (table === "moves") {
        committed.add(String(after?.[0] ?? ""));
      }
    }
  });
  const setup = engine.openSession();
  for (const sql of SCHEMA) {
    settle(host, setup, sql);
  }
  const acknowledged = new Set<string>();
  const attempted = new Set<string>();
  const note = (line: string) => void hash.update(`${line}\n`);
  for (let client = 0; client < CLIENTS; client += 1) {
    startClient({
      session: engine.openSession(),
      host,
      draws,
      client,
      acknowledged,
      attempted,
      note,
    });
  }
  const crashAt = 1 + draws.below(EVENTS_MAX);
  for (let event = 0; event < crashAt && host.step(); event += 1) {}
  host.forget();
  engine.crash();
  const session = engine.openSession();
  const rows = (sql: string) => rowsOf(settle(host, session, sql));
  const facts: AfterCrash = {
    initialBalance: BALANCE,
    acknowledged,
    attempted,
    observed: new Set(committed),
    balances: new Map(
      rows("SELECT id, balance FROM accounts").map(([id, balance]) => [id ?? "", Number(balance)]),
    ),
    moves: rows("SELECT id FROM moves").map(([id]) => id ?? ""),
    entries: rows("SELECT move_id, account_id, delta, id FROM entries").map(
      ([move, account, delta, id]) => ({
        move: move ?? "",
        account: account ?? "",
        delta: Number(delta),
        id: Number(id),
      }),
    ),
    nextEntryId: Number(
      rows("INSERT INTO moves VALUES ('after')") &&
        rows(
          "INSERT INTO entries (move_id, account_id, delta) VALUES ('after', 0, 0) RETURNING id",
        )[0]?.[0],
    ),
  };
  rows("UPDATE accounts SET balance = balance");
  note(JSON.stringify([...facts.balances]));
  return { facts, hash: hash.digest("hex") };
}

/** A statement with its parameters. */
type Asked = readonly [sql: string, ...parameters: readonly (string | number)[]];

/** One client, which asks its next statement when the last is answered, as long as there is one. */
function startClient(parts: {
  readonly session: Session;
  readonly host: SeededHost;
  readonly draws: Draws;
  readonly client: number;
  readonly acknowledged: Set<string>;
  readonly attempted: Set<string>;
  readonly note: (line: string) => void;
}): void {
  const { session, host, draws, client, acknowledged, attempted, note } = parts;
  let made = 0;
  const begin = () => {
    made += 1;
    const move = `c${client}-${made}`;
    const from = draws.below(ACCOUNTS);
    const to = (from + 1 + draws.below(ACCOUNTS - 1)) % ACCOUNTS;
    const amount = 1 + draws.below(400);
    const ending = draws.chance(15) ? "ROLLBACK" : "COMMIT";
    ask(move, [
      ["BEGIN"],
      ["INSERT INTO moves VALUES ($1)", move],
      ["UPDATE accounts SET balance = balance - $1 WHERE id = $2", amount, from],
      ["UPDATE accounts SET balance = balance + $1 WHERE id = $2", amount, to],
      [
        "INSERT INTO entries (move_id, account_id, delta) VALUES ($1, $2, $3), ($1, $4, $5)",
        ...[move, from, -amount, to, amount],
      ],
      [ending],
    ]);
  };
  const ask = (move: string, statements: readonly Asked[]) => {
    const [asked, ...rest] = statements;
    if (asked === undefined) {
      host.wake(begin);
      return;
    }
    const [sql, ...parameters] = asked;
    if (sql === "COMMIT") {
      attempted.add(move);
    }
    session.query(sql, parameters, (reply) => {
      note(`${client} ${sql} ${reply.kind === "error" ? reply.error.code : reply.tag}`);
      if (reply.kind === "error") {
        host.wake(() => ask(move, [["ROLLBACK"]]));
        return;
      }
      if (reply.tag === "COMMIT") {
        acknowledged.add(move);
      }
      host.wake(() => ask(move, rest));
    });
  };
  host.wake(begin);
}

/** The answer, after as many events as it takes. */
function settle(host: SeededHost, session: Session, sql: string): QueryReply {
  let answer: QueryReply | undefined;
  session.query(sql, [], (reply) => {
    answer = reply;
  });
  while (answer === undefined && host.step()) {}
  if (answer === undefined || answer.kind === "error") {
    throw new Error(`${sql}: ${answer === undefined ? "waits for ever" : answer.error.message}`);
  }
  return answer;
}

function rowsOf(reply: QueryReply): (string | null)[][] {
  if (reply.kind === "error") {
    throw reply.error;
  }
  return reply.rows.map((row) =>
    reply.fields.map(({ type }, at) => {
      const value = row[at] ?? null;
      return value === null ? null : type.output(value);
    }),
  );
}
