import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chownSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Client, DatabaseError as RealError } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clientRows } from "./client/client-row-codec.ts";
import type { QueryReply } from "./server/query-result.ts";
import { loadPostgresParser } from "./syntax/postgres-parser.ts";
import {
  DIFFERENTIAL_SCRIPTS,
  DIFFERENTIAL_SETUP,
  type DifferentialScript,
} from "./testing/differential-scripts.ts";
import { EXPRESSION_ANSWERS } from "./testing/expression-answers.ts";
import { QUERY_ANSWERS } from "./testing/query-answers.ts";
import { QUERY_SCRIPTS } from "./testing/query-scripts.ts";
import { randomScript } from "./testing/random-script.ts";
import { type Asked, Rehearsal } from "./testing/rehearsal.ts";
import { badParameterScript, SERVICE_STATEMENTS } from "./testing/service-statements.ts";
import { STATEMENT_ANSWERS, STATEMENT_SETUP, tellStatement } from "./testing/statement-answers.ts";
import type { Parameter } from "./types/parameter.ts";

/**
 * Runs the same scripts on the engine and on a real PostgreSQL and compares what every step
 * answered and which steps waited: a difference is a bug of the engine.
 */
let server: RealServer;

const RANDOM_SCHEDULES = Number(process.env["DIFFERENTIAL_SCHEDULES"] ?? 20);
const FIRST_SEED = Number(process.env["DIFFERENTIAL_SEED"] ?? 1);

// The random schedules are made while the tests are collected.
await loadPostgresParser();

beforeAll(async () => {
  server = await RealServer.start();
}, 60_000);

afterAll(async () => {
  await server.stop();
});

describe("what the engine answers is what PostgreSQL answers", () => {
  test.for(DIFFERENTIAL_SCRIPTS)("$claim", async (script) => {
    const { simulated, real } = await playBoth([DIFFERENTIAL_SETUP], script);
    expect(simulated).toEqual(real);
  });

  test.for(QUERY_SCRIPTS)("$claim", async (script) => {
    const { simulated, real } = await playBoth([DIFFERENTIAL_SETUP], script);
    expect(simulated).toEqual(real);
  });

  test("the recorded answers are those of this server", async () => {
    await server.reset();
    for (const [sql, answer] of QUERY_ANSWERS) {
      expect([sql, await answerOf(server.administrator, sql)]).toEqual([sql, answer]);
    }
  });

  test("the answers to expressions that the engine is held to", async () => {
    const client = await server.connect();
    const given: string[] = [];
    for (const [sql] of EXPRESSION_ANSWERS) {
      given.push(await expressionAnswerOf(client, sql));
    }
    await client.end();
    expect(given).toEqual(EXPRESSION_ANSWERS.map(([, answer]) => answer));
  });

  test("the answers to statements, with notices and places", async () => {
    await server.reset();
    const client = await server.connect();
    for (const sql of STATEMENT_SETUP) {
      await client.query(sql);
    }
    for (const [sql, parameters, answer] of STATEMENT_ANSWERS) {
      expect.soft([sql, await statementAnswerOf(client, sql, parameters)]).toEqual([sql, answer]);
    }
    await client.end();
  });

  for (const { database, statements, setup } of SERVICE_STATEMENTS) {
    test(`every statement of the ${database} service, with good and bad parameters`, async () => {
      const { simulated, real } = await playBoth(
        [...migrationsOf(database), ...setup],
        badParameterScript(statements),
      );
      expect(simulated.map(withoutTransaction)).toEqual(real.map(withoutTransaction));
    });
  }

  test.for(settledScripts("BEGIN"))("$claim, READ COMMITTED", async (script) => {
    const { simulated, given } = await playUntilGiven(script);
    expect(given).toContainEqual(simulated);
  });

  const repeatableRead = settledScripts("BEGIN ISOLATION LEVEL REPEATABLE READ");
  test.for(repeatableRead)("$claim, REPEATABLE READ", async (script) => {
    const { simulated, given } = await playUntilGiven(script);
    expect(given).toContainEqual(simulated);
  });
});

async function answerOf(client: Client, sql: string): Promise<string> {
  try {
    const { command, rowCount, fields, rows } = await client.query<unknown[]>({
      text: sql,
      rowMode: "array",
    });
    const texts = rows.map((row) => JSON.stringify(row));
    const shown = /order by/i.test(sql) ? texts : texts.toSorted();
    const names = fields.map(({ name }) => name).join(",");
    const parts = [`${command} ${rowCount ?? 0}`, names === "" ? "" : `(${names})`, ...shown];
    return parts.filter((part) => part !== "").join(" ");
  } catch (error) {
    if (error instanceof RealError) {
      return `${error.code} ${error.message}`;
    }
    throw error;
  }
}

/** In the words of `EXPRESSION_ANSWERS`. */
async function expressionAnswerOf(client: Client, sql: string): Promise<string> {
  try {
    const types = { getTypeParser: () => (text: string) => text };
    const { rows } = await client.query<(string | null)[]>({ text: sql, rowMode: "array", types });
    return rows.map((row) => row.map((value) => value ?? "NULL").join(" | ")).join(" ; ");
  } catch (error) {
    if (!(error instanceof RealError)) {
      throw error;
    }
    const parts = [error.code, error.position, error.message];
    return parts.filter((part) => part !== undefined).join(" ");
  }
}

/** In the words of `STATEMENT_ANSWERS`. */
async function statementAnswerOf(
  client: Client,
  sql: string,
  parameters: readonly Parameter[],
): Promise<string> {
  const notices: { message: string; detail?: string | undefined }[] = [];
  const note = ({
    message = "",
    detail,
  }: {
    message?: string | undefined;
    detail?: string | undefined;
  }) => notices.push({ message, detail });
  await client.query("BEGIN");
  client.on("notice", note);
  try {
    const types = { getTypeParser: () => (text: string) => text };
    const query = { text: sql, values: [...parameters], rowMode: "array" as const, types };
    const { command, rowCount, rows } = await client.query<(string | null)[]>(query);
    const tag = `${command} ${rowCount ?? 0}`;
    return tellStatement(sql, { notices, error: null, tag, rows });
  } catch (error) {
    if (!(error instanceof RealError)) {
      throw error;
    }
    const { code = "", message, position, detail, hint } = error;
    const told = { code, message, position, detail, hint };
    return tellStatement(sql, { notices, error: told, tag: "", rows: [] });
  } finally {
    client.off("notice", note);
    await client.query("ROLLBACK");
  }
}

/**
 * Which transaction wrote a row is a column of the services' tables: the last one, of payments the
 * eleventh. Its number is each server's own, and a row that a constraint refuses is shown whole.
 */
function withoutTransaction(line: string): string {
  return line.replace(
    /(Failing row contains \((?:(?:[^,]*, ){10}|.*, ))\d+(?=\)|(?:, [^,]*){4}\))/,
    "$1a transaction",
  );
}

const PERFORMANCES_MAX = 3;

/**
 * A random schedule can hold a race that `settledScripts` does not see, and the real server may
 * then answer one time so and another time so. What the engine answers must be an answer that the
 * real server gives.
 */
async function playUntilGiven(
  script: DifferentialScript,
): Promise<{ readonly simulated: Transcript; readonly given: readonly Transcript[] }> {
  const { simulated, real } = await playBoth([DIFFERENTIAL_SETUP], script);
  const given = [real];
  while (given.length < PERFORMANCES_MAX && !isDeepStrictEqual(given.at(-1), simulated)) {
    given.push(await perform([DIFFERENTIAL_SETUP], script));
  }
  return { simulated, given };
}

/**
 * Random schedules whose outcome Postgres does not leave open: without a deadlock, whose victim is
 * whoever's timer fires first, and the same whichever of several woken waiters goes on first.
 */
function settledScripts(begin: Parameters<typeof randomScript>[2]): DifferentialScript[] {
  const setup = [DIFFERENTIAL_SETUP];
  const scripts: DifferentialScript[] = [];
  for (let seed = FIRST_SEED; scripts.length < RANDOM_SCHEDULES; seed += 1) {
    const script = randomScript(seed, setup, begin);
    if (script.steps.includes("deadlock timeout")) {
      continue;
    }
    const first = rehearse(setup, script, () => 0);
    const last = rehearse(setup, script, (count) => count - 1);
    if (first.join() === last.join()) {
      scripts.push(script);
    }
  }
  return scripts;
}

/** What each step came to, line by line; the answer of a step that waited stands where it came. */
type Transcript = string[];

async function playBoth(
  setup: readonly string[],
  script: DifferentialScript,
): Promise<{ readonly simulated: Transcript; readonly real: Transcript }> {
  return { simulated: rehearse(setup, script), real: await perform(setup, script) };
}

function migrationsOf(database: "payment" | "wallet"): string[] {
  const folder = join(import.meta.dirname, "../../system", database, "migrations");
  const files = readdirSync(folder).toSorted();
  return files.map((file) => readFileSync(join(folder, file), "utf8"));
}

function rehearse(
  setup: readonly string[],
  script: DifferentialScript,
  choice: (count: number) => number = () => 0,
): Transcript {
  const stage = new Rehearsal();
  stage.choice = choice;
  for (const sql of setup) {
    stage.run("setup", sql);
  }
  const transcript: Transcript = [];
  const waiting = new Map<string, Asked>();
  const noteAnswers = () => {
    for (const [name, { reply }] of waiting) {
      if (reply === undefined) {
        continue;
      }
      waiting.delete(name);
      transcript.push(`  ${name}: ${describeReply(reply)}`);
    }
  };
  for (const step of script.steps) {
    if (step === "deadlock timeout") {
      stage.advance(1000);
      transcript.push(step);
    } else {
      const [name, sql, parameters = []] = step;
      // Under another choice of the host the session may still be waiting: then the schedule ends
      // here.
      if (waiting.has(name)) {
        return transcript;
      }
      const asked = stage.ask(name, sql, parameters);
      if (stage.failures.length > 0) {
        throw stage.failures[0];
      }
      const answer = asked.reply === undefined ? "waits" : describeReply(asked.reply);
      transcript.push(`${name}: ${sql} ${showParameters(parameters)} -> ${answer}`);
      if (asked.reply === undefined) {
        waiting.set(name, asked);
      }
    }
    noteAnswers();
  }
  return transcript;
}

async function perform(setup: readonly string[], script: DifferentialScript): Promise<Transcript> {
  await server.reset();
  for (const sql of setup) {
    await server.administrator.query(sql);
  }
  const transcript: Transcript = [];
  const clients = new Map<string, RealSession>();
  const waiting = new Map<string, RealSession>();
  const noteAnswers = async () => {
    for (const [name, session] of [...waiting]) {
      const answer = await session.answerUnlessBlocked();
      if (answer === undefined) {
        continue;
      }
      waiting.delete(name);
      transcript.push(`  ${name}: ${answer}`);
    }
  };
  try {
    for (const step of script.steps) {
      if (step === "deadlock timeout") {
        // The server's own clock: every wait that is there by now has passed its deadlock_timeout
        // of four.
        await server.administrator.query("SELECT pg_sleep(4.2)");
        transcript.push(step);
      } else {
        const [name, sql, parameters = []] = step;
        const session = clients.get(name) ?? (await RealSession.open());
        clients.set(name, session);
        session.ask(sql, parameters);
        const answer = await session.answerUnlessBlocked();
        transcript.push(`${name}: ${sql} ${showParameters(parameters)} -> ${answer ?? "waits"}`);
        if (answer === undefined) {
          waiting.set(name, session);
        }
      }
      await noteAnswers();
    }
  } finally {
    for (const session of clients.values()) {
      await session.close();
    }
  }
  return transcript;
}

function showParameters(parameters: readonly Parameter[]): string {
  return JSON.stringify(parameters, (_, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
}

function describeReply(reply: QueryReply): string {
  if (reply.kind === "error") {
    return describeError(reply.error);
  }
  const { command, rowCount, fields } = reply;
  return describeResult({ command, rowCount, rows: clientRows(reply), fields });
}

function describeResult(result: {
  readonly command: string | null;
  readonly rowCount: number | null;
  readonly rows: readonly unknown[];
  readonly fields: readonly { readonly name: string }[];
}): string {
  const names = result.fields.map((field) => field.name).join(",");
  return `${result.command ?? ""} ${result.rowCount ?? "-"} (${names}) ${JSON.stringify(result.rows)}`;
}

interface ErrorParts {
  readonly message: string;
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
}

/** The detail of a deadlock names processes and transactions, which are numbered differently. */
function describeError(error: ErrorParts): string {
  const { code, message, hint, schema, table, column, constraint } = error;
  // So does the object identifier of a schema.
  const shown = schema === "pg_catalog" ? error.detail?.replace(/[0-9]+/, "n") : error.detail;
  const detail = code === "40P01" ? undefined : shown;
  return JSON.stringify({ code, message, detail, hint, schema, table, column, constraint });
}

/**
 * A client of the real server that asks one query at a time and tells whether it is blocked by a
 * lock.
 */
class RealSession {
  readonly #client: Client;
  readonly #processId: number;
  #settled: string | undefined;

  private constructor(client: Client, processId: number) {
    this.#client = client;
    this.#processId = processId;
  }

  static async open(): Promise<RealSession> {
    const client = await server.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    return new RealSession(client, rows[0]?.pid ?? 0);
  }

  ask(sql: string, parameters: readonly Parameter[]): void {
    this.#settled = undefined;
    void this.#run(sql, parameters);
  }

  /** The answer, or undefined when the query is waiting for a lock that another session holds. */
  async answerUnlessBlocked(): Promise<string | undefined> {
    for (;;) {
      const { rows } = await server.administrator.query<{ blocked: boolean }>(
        "SELECT cardinality(pg_blocking_pids($1)) > 0 AS blocked",
        [this.#processId],
      );
      if (this.#settled !== undefined) {
        return this.#settled;
      }
      if (rows[0]?.blocked === true) {
        return undefined;
      }
    }
  }

  async close(): Promise<void> {
    await server.administrator.query("SELECT pg_terminate_backend($1)", [this.#processId]);
    await this.#client.end();
  }

  async #run(sql: string, parameters: readonly Parameter[]): Promise<void> {
    const answer = await this.#describe(sql, parameters);
    await this.#untilIdle();
    this.#settled = answer;
  }

  // The server sends an error before it takes the transaction back and lets its locks go.
  async #untilIdle(): Promise<void> {
    for (;;) {
      const { rows } = await server.administrator.query<{ idle: boolean }>(
        "SELECT state LIKE 'idle%' AS idle FROM pg_stat_activity WHERE pid = $1",
        [this.#processId],
      );
      if (rows[0]?.idle === true) {
        return;
      }
    }
  }

  async #describe(sql: string, parameters: readonly Parameter[]): Promise<string> {
    try {
      const answer: unknown = await this.#client.query(sql, [...parameters]);
      const last: unknown = Array.isArray(answer) ? answer.at(-1) : answer;
      if (!isResult(last)) {
        throw new Error("the pg client gave no result");
      }
      return describeResult(last);
    } catch (error) {
      if (error instanceof RealError) {
        return describeError(error);
      }
      return `the client failed: ${String(error)}`;
    }
  }
}

function isResult(value: unknown): value is Parameters<typeof describeResult>[0] {
  return typeof value === "object" && value !== null && "command" in value && "fields" in value;
}

/** A scratch PostgreSQL server, run as the user `postgres` where the tests are run by root. */
class RealServer {
  readonly administrator: Client;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #port: number;

  private constructor(process: ChildProcess, folder: string, port: number, client: Client) {
    this.#process = process;
    this.#folder = folder;
    this.#port = port;
    this.administrator = client;
  }

  static async start(): Promise<RealServer> {
    const folder = mkdtempSync(join(tmpdir(), "falconpay-differential-"));
    const runner = userInfo().uid === 0 ? userNamed("postgres") : undefined;
    if (runner !== undefined) {
      chownSync(folder, runner.uid, runner.gid);
    }
    const identity = runner ?? {};
    const data = join(folder, "data");
    const binaries = binariesFolder();
    const initialize = [
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--locale=C",
      "-N",
    ];
    execFileSync(join(binaries, "initdb"), initialize, {
      ...identity,
      cwd: folder,
      stdio: "ignore",
    });
    const port = await freePort();
    const address = ["-p", String(port), "-h", "127.0.0.1", "-k", folder];
    // So long that on a slow machine, too, both sessions of a cycle wait before the first one
    // looks: the victim is whoever looks first.
    const settings = ["-D", data, ...address, "-F", "-c", "deadlock_timeout=4s"];
    const started = spawn(join(binaries, "postgres"), settings, {
      ...identity,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await readyLine(started);
    const client = await connectTo(port);
    return new RealServer(started, folder, port, client);
  }

  connect(): Promise<Client> {
    return connectTo(this.#port);
  }

  async reset(): Promise<void> {
    await this.administrator.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }

  async stop(): Promise<void> {
    await this.administrator.end();
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGINT");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function connectTo(port: number): Promise<Client> {
  const client = new Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
  // A session that is terminated at the end of a script tells so as an error event.
  client.on("error", () => {});
  await client.connect();
  return client;
}

function readyLine(started: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    started.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("ready to accept connections")) {
        resolve();
      }
    });
    started.once("exit", () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
  });
}

function userNamed(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Debian's place, where no PATH looks; elsewhere PostgreSQL's own word. */
function binariesFolder(): string {
  const versions = globSync("/usr/lib/postgresql/*/bin").toSorted((left, right) =>
    left.localeCompare(right, "en", { numeric: true }),
  );
  return versions.at(-1) ?? execFileSync("pg_config", ["--bindir"], { encoding: "utf8" }).trim();
}

/** Below the ports from which the kernel takes those of outgoing connections. */
async function freePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); port < 32_768; port += 1) {
    if (await isFree(port)) {
      return port;
    }
  }
  throw new Error("no free port between 20000 and 32767");
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
