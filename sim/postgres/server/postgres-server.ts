import type { Kernel } from "../../kernel/kernel.ts";
import type { Network } from "../../network/network.ts";
import type { SessionHandler } from "../../network/session.ts";
import type { ClientRow, Commit } from "../storage/commit.ts";
import { parsePostgresRequest } from "./postgres-codec.ts";
import { PostgresEngine } from "./postgres-engine.ts";

/** A database server on the network. */
export interface PostgresServer {
  /** Runs one query beside the network, at this instant, for preparing and observing. */
  read(sql: string): readonly ClientRow[];
}

/**
 * An engine that listens under its name (`payment-db`). One connection is one session; it takes one
 * query at a time and in order, as PostgreSQL does.
 */
export function startPostgresServer(options: {
  kernel: Kernel;
  network: Network;
  name: string;
  onCommit: (commit: Commit) => void;
}): PostgresServer {
  const { kernel, network, name, onCommit } = options;
  const chance = kernel.random.stream("postgres", name);
  const schedule = (delayMs: number, callback: () => void) =>
    kernel.schedule({ delayUs: delayMs * 1_000, actor: name, callback });
  const engine = new PostgresEngine({
    nowMs: () => Math.floor(kernel.nowUs / 1_000),
    setTimer(delayMs, callback) {
      const timer = schedule(delayMs, callback);
      return () => timer.cancel();
    },
    choose: (count) => chance.integer(0, count - 1),
    wake: (callback) => void schedule(0, callback),
    fail: (error) => kernel.fail(error),
  });
  engine.onCommit(onCommit);
  network.listen(name, (connection) => takeOneByOne(engine, kernel, connection.client));
  return { read: (sql) => readNow(engine, sql) };
}

function takeOneByOne(
  engine: PostgresEngine,
  kernel: Kernel,
  applicationName: string,
): SessionHandler {
  const session = engine.openSession({ applicationName });
  const queue: { readonly payload: unknown; readonly reply: (payload: unknown) => void }[] = [];
  let isBusy = false;
  let isLeft = false;

  function takeNext(): void {
    if (isBusy) {
      return;
    }
    const next = queue.shift();
    if (next !== undefined) {
      isBusy = true;
      const { sql, parameters } = parsePostgresRequest(next.payload);
      kernel.trace.record("query", String(session.processId), sql);
      session.query(sql, parameters, (reply) => {
        isBusy = false;
        next.reply(reply);
        takeNext();
      });
    } else if (isLeft) {
      session.close();
    }
  }

  return {
    onRequest(payload, reply) {
      queue.push({ payload, reply });
      takeNext();
    },
    // What had arrived before is still run: a COMMIT whose sender died on the way takes effect.
    onDisconnect() {
      isLeft = true;
      takeNext();
    },
  };
}

function readNow(engine: PostgresEngine, sql: string): readonly ClientRow[] {
  const session = engine.openSession();
  const answers: (readonly ClientRow[])[] = [];
  session.query(sql, [], (reply) => {
    if (reply.kind === "error") {
      throw reply.error;
    }
    answers.push(reply.rows);
  });
  session.close();
  const [rows] = answers;
  if (rows === undefined) {
    throw new Error(`the observation had to wait: ${sql}`);
  }
  return rows;
}
