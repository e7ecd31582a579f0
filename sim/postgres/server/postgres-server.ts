import { EPOCH_MS } from "../../kernel/epoch.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Network } from "../../network/network.ts";
import { serveOneByOne } from "../../network/request-reply/serve-one-by-one.ts";
import type { Commit } from "../storage/commit.ts";
import { PostgresEngine } from "./postgres-engine.ts";
import type { PostgresPort } from "./postgres-protocol.ts";
import type { StatementResult } from "./query-result.ts";

/** A database server on the network. */
export interface PostgresServer {
  /** Runs one query beside the network, at this instant, for preparing and observing. */
  read(sql: string): Pick<StatementResult, "fields" | "rows">;
}

/**
 * An engine that listens at a port, whose address (`payment-db`) names it too. One connection is
 * one session; it takes one query at a time and in order, as PostgreSQL does.
 */
export function startPostgresServer(options: {
  kernel: Kernel;
  network: Network;
  port: PostgresPort;
  onCommit: (commit: Commit) => void;
}): PostgresServer {
  const { kernel, network, port, onCommit } = options;
  const name = port.address;
  const chance = kernel.random.stream("postgres", name);
  const schedule = (delayMs: number, callback: () => void) =>
    kernel.schedule({ delayUs: delayMs * 1_000, actor: name, callback });
  const engine = new PostgresEngine({
    nowUs: () => EPOCH_MS * 1_000 + kernel.nowUs,
    setTimer(delayMs, callback) {
      const timer = schedule(delayMs, callback);
      return () => timer.cancel();
    },
    choose: (count) => chance.integer(0, count - 1),
    wake: (callback) => void schedule(0, callback),
    pause: () => false,
    flush: () => true,
    fail: (error) => kernel.fail(error),
  });
  engine.onCommit(onCommit);
  network.listen(port, (stream) => {
    const session = engine.openSession({ applicationName: stream.client });
    return serveOneByOne(stream, {
      serve({ sql, parameters }, reply) {
        kernel.trace.record("query", String(session.processId), sql);
        session.query(sql, parameters, reply);
      },
      // What had arrived is still run: a COMMIT whose sender died on the way takes effect.
      afterEnd: "serve",
      onEnd: () => session.close(),
    });
  });
  return { read: (sql) => readNow(engine, sql) };
}

function readNow(engine: PostgresEngine, sql: string): StatementResult {
  const session = engine.openSession();
  const answers: StatementResult[] = [];
  session.query(sql, [], (reply) => {
    if (reply.kind === "error") {
      throw reply.error;
    }
    answers.push(reply);
  });
  session.close();
  const [answer] = answers;
  if (answer === undefined) {
    throw new Error(`the observation had to wait: ${sql}`);
  }
  return answer;
}
