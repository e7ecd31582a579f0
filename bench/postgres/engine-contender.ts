import type { PostgresHost } from "../../sim/postgres/ground/host.ts";
import { PostgresEngine } from "../../sim/postgres/server/postgres-engine.ts";
import type { QueryReply } from "../../sim/postgres/server/query-result.ts";
import type { Session } from "../../sim/postgres/server/session.ts";
import type { Contender } from "./contender.ts";
import { type Asked, fillingStatements, SCHEMA } from "./workload.ts";

/** A host on which nothing waits: one session, no pre-emption, a disk that is at once done. */
const idleHost: PostgresHost = {
  nowUs: () => 0,
  setTimer: () => () => {},
  choose: () => 0,
  wake: (callback) => callback(),
  pause: () => false,
  flush: () => true,
  fail: (error) => {
    throw error;
  },
};

/** A fresh engine and one session of it. Its commits are observed, as they are in a simulation. */
export function openEngine(schema: readonly string[]): Session {
  const engine = new PostgresEngine(idleHost);
  engine.onCommit(() => {});
  const session = engine.openSession();
  for (const sql of schema) {
    askEngine(session, { sql, parameters: [] });
  }
  return session;
}

/**
 * The engine's answer.
 *
 * @throws Error when it waits, fails or refuses
 */
export function askEngine(session: Session, { sql, parameters }: Asked): QueryReply {
  let answer: QueryReply | undefined;
  session.query(sql, parameters, (reply) => {
    answer = reply;
  });
  if (answer === undefined) {
    throw new Error(`the engine waits: ${sql}`);
  }
  if (answer.kind === "error") {
    throw answer.error;
  }
  return answer;
}

/** The engine by itself, without network and client. Its session is handed out for measurements. */
export function createEngineContender(): Contender & { readonly session: Session } {
  let session = openEngine([...SCHEMA, ...fillingStatements({ joins: true })]);
  return {
    name: "engine",
    get session() {
      return session;
    },
    run(operation, from, count) {
      try {
        for (let at = from; at < from + count; at += 1) {
          for (const asked of operation(at)) {
            askEngine(session, asked);
          }
        }
      } catch (error) {
        // After a refusal an engine is of no use.
        session = openEngine([...SCHEMA, ...fillingStatements({ joins: true })]);
        throw error;
      }
    },
    close: () => {},
  };
}
