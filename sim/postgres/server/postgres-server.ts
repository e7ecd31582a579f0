import { EPOCH_MS } from "../../kernel/epoch.ts";
import type { Kernel } from "../../kernel/kernel.ts";
import type { Network } from "../../network/network.ts";
import { push } from "../../network/request-reply/push.ts";
import type { FromServer } from "../../network/request-reply/request-reply-protocol.ts";
import { serveOneByOne } from "../../network/request-reply/serve-one-by-one.ts";
import type { Stream } from "../../network/stream.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Commit } from "../storage/commit.ts";
import { PostgresEngine } from "./postgres-engine.ts";
import type { PostgresPort } from "./postgres-protocol.ts";
import type { QueryReply, StatementResult } from "./query-result.ts";
import { type PostgresDisk, ServerDisk } from "./server-disk.ts";
import type { Session, SessionMessage } from "./session.ts";

/** A database server on the network. */
export interface PostgresServer {
  /** What can be done to it; see each. */
  readonly disk: PostgresDisk;
  /** How many clients there may be at one time: 53300 beyond, but for a few operators. */
  maxConnections: number;
  /** pg_terminate_backend for all clients: 57P01, and the connection ends. */
  terminateAll(): void;
  /**
   * The server dies: what was committed stays, all else is lost, connections break, and new ones
   * are refused until `restart`.
   */
  crash(): void;
  /** Takes connections again after a crash. */
  restart(): void;
  /**
   * An operator beside the network begins a transaction with these statements and lets it lie.
   * Returns how it is rolled back, where nothing has ended it before; undefined where nobody can
   * connect.
   */
  beginTransaction(statements: readonly string[]): (() => void) | undefined;
  /**
   * An operator of that name beside the network runs these statements in one transaction;
   * `onCommitted` is told once it has committed. An error rolls it back. False where nobody can
   * connect.
   */
  change(by: string, statements: readonly string[], onCommitted: () => void): boolean;
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
  /** Statements that every client's session begins with: its start-up parameters, as SETs. */
  startUp?: readonly string[];
}): PostgresServer {
  const { kernel, network, port, onCommit, startUp = [] } = options;
  const name = port.address;
  const chance = kernel.random.stream("postgres", name);
  const pauses = kernel.random.stream("postgres pauses", name);
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
    // Now and then, for about as long as a message takes: others come in between.
    pause(goOn) {
      if (pauses.integer(1, PAUSE_ONE_IN) > 1) {
        return false;
      }
      kernel.schedule({ delayUs: pauses.integer(1, PAUSE_US_MAX), actor: name, callback: goOn });
      return true;
    },
    flush: (durable) => disk.flush(durable),
    fail: (error) => kernel.fail(error),
  });
  const disk = new ServerDisk(engine, (delayMs, callback) => void schedule(delayMs, callback));
  engine.onCommit(onCommit);
  const listen = () =>
    network.listen(port, (stream) => {
      const session = openSession(engine, stream);
      if (session === undefined) {
        return { onMessage() {}, onEnd() {} };
      }
      for (const sql of startUp) {
        session.query(sql, [], () => {});
      }
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
  let listener = listen();
  let isDown = false;
  return {
    disk,
    get maxConnections() {
      return engine.maxConnections;
    },
    set maxConnections(count) {
      engine.maxConnections = count;
    },
    terminateAll: () => engine.terminateAll(),
    crash() {
      isDown = true;
      listener.close();
      engine.crash();
      disk.forget();
    },
    restart() {
      isDown = false;
      listener = listen();
    },
    beginTransaction(statements) {
      if (isDown || engine.isCrowded(OPERATOR)) {
        return undefined;
      }
      let isOver = false;
      const session = engine.openSession({
        ...OPERATOR,
        onLost() {
          isOver = true;
        },
      });
      const goOn = ([next, ...rest]: readonly string[]): void => {
        if (next !== undefined && !isOver) {
          session.query(next, [], () => goOn(rest));
        }
      };
      goOn(["BEGIN", ...statements]);
      return () => {
        if (!isOver) {
          isOver = true;
          session.close();
        }
      };
    },
    change(by, statements, onCommitted) {
      if (isDown || engine.isCrowded(OPERATOR)) {
        return false;
      }
      const session = engine.openSession({ ...OPERATOR, applicationName: by });
      const goOn = ([next, ...rest]: readonly string[]): void => {
        if (next === undefined) {
          session.close();
          onCommitted();
          return;
        }
        session.query(next, [], (reply) => {
          if (reply.kind === "error") {
            session.close();
          } else {
            goOn(rest);
          }
        });
      };
      goOn(["BEGIN", ...statements, "COMMIT"]);
      return true;
    },
    read: (sql) => readNow(engine, sql),
  };
}

const OPERATOR = { isSuperuser: true } as const;

const PAUSE_ONE_IN = 32;
const PAUSE_US_MAX = 1000;

/** A session of the connection; where there are too many, the client is told, and that is all. */
function openSession(
  engine: PostgresEngine,
  stream: Stream<FromServer<QueryReply, SessionMessage>>,
): Session | undefined {
  try {
    return engine.openSession({
      applicationName: stream.client,
      onMessage: (message) => push(stream, message),
      onLost: () => stream.close(),
    });
  } catch (error) {
    if (error instanceof PostgresError) {
      push(stream, { kind: "fatal", error });
      stream.close();
      return undefined;
    }
    throw error;
  }
}

function readNow(engine: PostgresEngine, sql: string): StatementResult {
  const session = engine.openSession({ isObserver: true });
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
