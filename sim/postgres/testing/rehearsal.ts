import { clientRows } from "../client/client-row-codec.ts";
import type { PostgresHost } from "../ground/host.ts";
import { PostgresEngine } from "../server/postgres-engine.ts";
import type { QueryReply } from "../server/query-result.ts";
import type { Session, SessionMessage } from "../server/session.ts";
import type { Parameter } from "../types/parameter.ts";

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A query that was asked in a rehearsal; `reply` stays undefined while it waits. */
export interface Asked {
  reply: QueryReply | undefined;
}

/**
 * An engine on a stage of its own, for tests: a clock that moves when told, an event queue that is
 * run to the end after every query, and sessions by name. Choices fall on the first, unless the
 * test chooses.
 */
export class Rehearsal implements PostgresHost {
  readonly engine: PostgresEngine;
  readonly failures: unknown[] = [];
  /** What sessions told their clients without being asked, by name. */
  readonly messages: [session: string, message: SessionMessage][] = [];
  choice: (count: number) => number = () => 0;
  /** Whether a statement lets others in at the point that it has come to. */
  pausing: () => boolean = () => false;
  /** Commits that wait for a disk that does not answer; null while it answers at once. */
  stuckFlushes: (() => void)[] | null = null;
  readonly #sessions = new Map<string, Session>();
  readonly #events: (() => void)[] = [];
  #timers: Timer[] = [];
  #nowMs = 0;

  constructor() {
    this.engine = new PostgresEngine(this);
    this.engine.maxConnections = Infinity;
  }

  /** Asks in the session of that name, which is opened by its first query, and runs all events. */
  ask(name: string, sql: string, parameters: readonly Parameter[] = []): Asked {
    const asked: Asked = { reply: undefined };
    this.session(name).query(sql, parameters, (reply) => {
      asked.reply = reply;
    });
    this.settle();
    return asked;
  }

  /** Asks and demands an answer at once, as a result with the rows that the `pg` client shows. */
  run(name: string, sql: string, parameters: readonly Parameter[] = []) {
    const { reply } = this.ask(name, sql, parameters);
    if (reply?.kind === "result") {
      return { ...reply, rows: clientRows(reply) };
    }
    const failure = this.failures[0];
    if (failure instanceof Error) {
      throw failure;
    }
    throw reply?.error ?? new Error(`${name} waits: ${sql}`);
  }

  /** The error that a query is answered with at once. */
  refusal(name: string, sql: string, parameters: readonly Parameter[] = []) {
    const { reply } = this.ask(name, sql, parameters);
    if (reply?.kind === "error") {
      return reply.error;
    }
    throw new Error(reply === undefined ? `${name} waits: ${sql}` : `no error from: ${sql}`);
  }

  session(name: string): Session {
    let session = this.#sessions.get(name);
    if (session === undefined) {
      session = this.engine.openSession({
        applicationName: name,
        onMessage: (message) => this.messages.push([name, message]),
      });
      this.#sessions.set(name, session);
    }
    return session;
  }

  /** Closes the session; the next query of that name opens a new one. */
  close(name: string): void {
    this.session(name).close();
    this.#sessions.delete(name);
    this.settle();
  }

  /** The server crashes: all names are free again. */
  crash(): void {
    this.engine.crash();
    this.#sessions.clear();
    this.settle();
  }

  /** Moves the clock, running timers and what they bring about in order. */
  advance(delayMs: number): void {
    const untilMs = this.#nowMs + delayMs;
    for (;;) {
      this.settle();
      const atMs = Math.min(...this.#timers.map((timer) => timer.atMs));
      const first = this.#timers.filter((timer) => timer.atMs === atMs);
      // Whose of several timers comes first that were set at the same time is open.
      const next = first.length > 1 ? first[this.choice(first.length)] : first[0];
      if (next === undefined || atMs > untilMs) {
        break;
      }
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = untilMs;
  }

  /** Runs every event that is due now. */
  settle(): void {
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      event();
    }
  }

  fail(error: unknown): void {
    this.failures.push(error);
  }

  nowUs(): number {
    return this.#nowMs * 1000;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  choose(count: number): number {
    return this.choice(count);
  }

  pause(goOn: () => void): boolean {
    const pauses = this.pausing();
    if (pauses) {
      this.#events.push(goOn);
    }
    return pauses;
  }

  flush(durable: () => void): boolean {
    if (this.stuckFlushes === null) {
      return true;
    }
    this.stuckFlushes.push(durable);
    return false;
  }

  wake(callback: () => void): void {
    this.#events.push(callback);
  }
}
