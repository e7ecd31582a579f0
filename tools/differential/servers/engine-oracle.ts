import { NotSimulated } from "../../../sim/kernel/not-simulated.ts";
import type { PostgresError } from "../../../sim/postgres/ground/postgres-error.ts";
import type { QueryReply, StatementResult } from "../../../sim/postgres/server/query-result.ts";
import { loadPostgresParser } from "../../../sim/postgres/syntax/postgres-parser.ts";
import { type Asked, Rehearsal } from "../../../sim/postgres/testing/rehearsal.ts";
import {
  type Answer,
  type ErrorAnswer,
  NOTHING_ANSWERED,
  type NotificationAnswer,
  type Oracle,
  type OracleSession,
  type StatementAnswer,
  type TextParameter,
} from "./oracle.ts";

/** The engine, on a stage whose clock moves when told. */
export interface EngineOracle extends Oracle {
  readonly stage: Rehearsal;
}

/** A fresh engine. This is the one place of the tools that knows the engine's own interface. */
export async function createEngineOracle(): Promise<EngineOracle> {
  await loadPostgresParser();
  const stage = new Rehearsal();
  let opened = 0;
  return {
    name: "engine",
    stage,
    open() {
      opened += 1;
      return Promise.resolve(new EngineSession(stage, `s${opened}`));
    },
    passTime: (delayMs) => Promise.resolve(stage.advance(delayMs)),
    close: () => Promise.resolve(),
  };
}

class EngineSession implements OracleSession {
  readonly #stage: Rehearsal;
  readonly #name: string;
  #asked: Asked | undefined;
  #askedAt = 0;
  #takenUntil = 0;
  #notifiedUntil = 0;
  #broken: Answer | undefined;

  constructor(stage: Rehearsal, name: string) {
    this.#stage = stage;
    this.#name = name;
  }

  get processId(): number {
    return this.#stage.session(this.#name).processId;
  }

  takeNotifications(): readonly NotificationAnswer[] {
    const notifications = this.#stage.messages
      .slice(this.#notifiedUntil)
      .flatMap(([name, message]) =>
        name === this.#name && message.kind === "notification" ? [message.notification] : [],
      );
    this.#notifiedUntil = this.#stage.messages.length;
    return notifications;
  }

  ask(sql: string, parameters: readonly TextParameter[] = []): void {
    this.#asked = undefined;
    this.#askedAt = this.#stage.messages.length;
    try {
      this.#asked = this.#stage.ask(this.#name, sql, parameters);
    } catch (error) {
      this.#broken = { ...NOTHING_ANSWERED, breakdown: wordsOf(error) };
    }
    const failure = this.#stage.failures[0];
    if (failure !== undefined) {
      this.#broken = failedAnswer(failure);
    }
  }

  settled(): Promise<Answer | undefined> {
    const failure = this.#stage.failures[0];
    const broken = this.#broken ?? (failure === undefined ? undefined : failedAnswer(failure));
    const reply = this.#asked?.reply;
    return Promise.resolve(
      broken ??
        (reply === undefined
          ? undefined
          : { ...readReply(reply), notices: this.#noticesFrom(this.#askedAt) }),
    );
  }

  takeNotices(): readonly ErrorAnswer[] {
    const notices = this.#noticesFrom(this.#takenUntil);
    this.#takenUntil = this.#stage.messages.length;
    return notices;
  }

  #noticesFrom(first: number): ErrorAnswer[] {
    return this.#stage.messages
      .slice(first)
      .flatMap(([name, message]) =>
        name === this.#name && message.kind === "notice" ? [message.notice] : [],
      );
  }

  async run(sql: string, parameters: readonly TextParameter[] = []): Promise<Answer> {
    this.ask(sql, parameters);
    const answer = await this.settled();
    return answer ?? { ...NOTHING_ANSWERED, breakdown: "waits, with nobody to wait for" };
  }
}

function failedAnswer(failure: unknown): Answer {
  if (failure instanceof NotSimulated) {
    const { feature, fragment } = failure;
    return { ...NOTHING_ANSWERED, refusal: { feature, fragment } };
  }
  return { ...NOTHING_ANSWERED, breakdown: wordsOf(failure) };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function readReply(reply: QueryReply): Answer {
  if (reply.kind === "error") {
    return { ...NOTHING_ANSWERED, error: readError(reply.error) };
  }
  return { ...NOTHING_ANSWERED, results: [...reply.earlier, reply].map(readResult) };
}

function readError(error: PostgresError): ErrorAnswer {
  const { severity, code, message, detail, hint, position } = error;
  const { schema, table, column, constraint } = error;
  return { severity, code, message, detail, hint, position, schema, table, column, constraint };
}

function readResult({ tag, rowCount, fields, rows }: StatementResult): StatementAnswer {
  return {
    command: tag.replaceAll(/ [0-9]+/g, ""),
    count: rowCount,
    fields: fields.map(({ name, type }) => ({ name, typeOid: type.oid })),
    rows: rows.map((row) =>
      fields.map(({ type }, at) => {
        const value = row[at] ?? null;
        return value === null ? null : type.output(value);
      }),
    ),
  };
}
