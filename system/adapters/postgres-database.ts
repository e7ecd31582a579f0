import { setTimeout as wait } from "node:timers/promises";
import { Client, escapeIdentifier, Pool, type PoolClient, type PoolConfig } from "pg";
import { DATABASE_SETTINGS } from "../ports/database-settings.ts";
import {
  DatabaseError,
  LISTEN_AGAIN_MS,
  type Connection,
  type Database,
  type Listening,
  type QueryResult,
  type SqlValue,
} from "../ports/database.ts";
import { messageOf } from "../ports/message-of.ts";

/**
 * The database port on `pg`. Bounds on waiting are the server's (`statement_timeout`,
 * `lock_timeout`): after the client's own `query_timeout` a pooled client is half open and later
 * queries on it hang.
 */
export function createPostgresDatabase(config: PoolConfig): Database {
  const complete = {
    max: DATABASE_SETTINGS.connectionsMax,
    connectionTimeoutMillis: DATABASE_SETTINGS.connectMsMax,
    statement_timeout: DATABASE_SETTINGS.statementMsMax,
    lock_timeout: DATABASE_SETTINGS.lockMsMax,
    idle_in_transaction_session_timeout: DATABASE_SETTINGS.idleInTransactionMsMax,
    // What only listens would not notice for hours that its server is gone.
    keepAlive: true,
    // A plan that was made while the outbox was empty would be kept until long after it is not.
    options: "-c plan_cache_mode=force_custom_plan",
    ...config,
  };
  const pool = new Pool(complete);
  const nameOf = createStatementNames();
  const listeners = new Set<Listening>();
  // An idle client whose backend goes away would end the process without a listener.
  pool.on("error", () => {});
  return {
    async connect(purpose) {
      return createConnection(await checkOut(pool, purpose), nameOf);
    },
    listen(channel, onNotify) {
      const listening = listen(complete, channel, onNotify);
      listeners.add(listening);
      return listening;
    },
    async close() {
      await Promise.all([pool.end(), ...[...listeners].map((each) => each.close())]);
    },
  };
}

function listen(config: PoolConfig, channel: string, onNotify: () => void): Listening {
  const closing = new AbortController();
  const { signal } = closing;
  const listening = (async () => {
    while (!signal.aborted) {
      await hearUntilLost(config, channel, onNotify, signal);
      // Aborted, it is over at once.
      await wait(LISTEN_AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  })();
  return {
    async close() {
      closing.abort();
      await listening;
    },
  };
}

async function hearUntilLost(
  config: PoolConfig,
  channel: string,
  onNotify: () => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new Client(config);
  const over = new Promise<void>((resolve) => {
    client.on("error", () => resolve());
    client.on("end", () => resolve());
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  client.on("notification", onNotify);
  try {
    await client.connect();
    await client.query(`LISTEN ${escapeIdentifier(channel)}`);
    onNotify();
    await over;
  } catch {
    // The server is away, or refuses: it is asked again.
  } finally {
    await client.end().catch(() => {});
  }
}

async function checkOut(pool: Pool, purpose: string): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new DatabaseError(`no connection for ${purpose}: ${messageOf(error)}`, {
      code: "connection",
      applied: "no",
      cause: error,
    });
  }
}

function createConnection(client: PoolClient, nameOf: (sql: string) => string): Connection {
  // A checked-out client has no listener of the pool's: its loss shows in the next query.
  const onError = () => {};
  client.on("error", onError);
  return {
    async query({ sql, parameters }) {
      try {
        const values = parameters?.map(encodeParameter);
        // Without parameters the text may hold several statements, which cannot be prepared.
        const named =
          values === undefined ? { text: sql } : { name: nameOf(sql), text: sql, values };
        return readResult(await client.query(named));
      } catch (error) {
        throw readError(error);
      }
    },
    release(damaged = false) {
      client.off("error", onError);
      client.release(damaged);
    },
  };
}

/**
 * The names under which connections prepare statements: the server reads a text once a connection,
 * and plans it each time that it is asked. There are as many as the services have texts.
 */
function createStatementNames(): (sql: string) => string {
  const names = new Map<string, string>();
  return (sql) => {
    let name = names.get(sql);
    if (name === undefined) {
      name = `falconpay_${names.size + 1}`;
      names.set(sql, name);
    }
    return name;
  };
}

function encodeParameter(value: SqlValue): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

/** A text of several statements answers a list; the last result is the text's. */
function readResult(result: ClientResult | readonly ClientResult[]): QueryResult {
  const last = isList(result) ? result.at(-1) : result;
  if (last === undefined) {
    throw new Error("pg answered a statement with an empty list");
  }
  return { rows: last.rows, rowCount: last.rowCount ?? 0, command: last.command };
}

interface ClientResult {
  readonly rows: QueryResult["rows"];
  readonly rowCount: number | null;
  readonly command: string;
}

/** `Array.isArray` alone takes a read-only list for a list of anything. */
function isList<T extends object>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function readError(error: unknown): DatabaseError {
  const code = property(error, "code");
  // A five-character SQLSTATE came from the server, which then undid the statement. Class 57 and 08
  // close the connection: what was under way may have been done.
  const answered = code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(57P|08)/.test(code);
  return new DatabaseError(messageOf(error), {
    code: answered ? code : "connection",
    applied: answered ? "no" : "unknown",
    constraint: property(error, "constraint"),
    cause: error,
  });
}

function property(error: unknown, name: "code" | "constraint"): string | undefined {
  if (typeof error !== "object" || error === null || !(name in error)) {
    return undefined;
  }
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
}
