import type { PostgresHost } from "../ground/host.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { LockOwner } from "../locks/lock.ts";
import type { Commit } from "../storage/commit.ts";
import { Session, type SessionMessage } from "./session.ts";
import { SharedDatabase } from "./shared-database.ts";

const FIRST_PROCESS_ID = 1000;

/** PostgreSQL's `superuser_reserved_connections`, as it is by default. */
const SUPERUSER_RESERVED_CONNECTIONS = 3;

/** What a caller may say about a session that it opens. */
export interface SessionOptions {
  /** Who connects, as PostgreSQL's setting of that name; observers of commits are told. */
  readonly applicationName?: string;
  /** An observer beside the server's clients: not counted among them, and never let wait. */
  readonly isObserver?: boolean;
  /** An operator, for whom some connections are kept when there are too many clients. */
  readonly isSuperuser?: boolean;
  /** Told of notices, notifications and the server's last word, in order with the replies. */
  readonly onMessage?: (message: SessionMessage) => void;
  /** Told once when the server crashes or ends the session; nothing will be replied any more. */
  readonly onLost?: () => void;
}

interface OpenSession {
  readonly session: Session;
  readonly onLost: (() => void) | undefined;
  readonly isSuperuser: boolean;
}

/**
 * An in-memory PostgreSQL server with one database: SQL text in, results and errors in Postgres's
 * own words out, many sessions at once, the same bytes for the same host and the same calls. What
 * it does not simulate it refuses by name, through `host.fail`. Await `loadPostgresParser()` before
 * the first query.
 */
export class PostgresEngine {
  readonly #host: PostgresHost;
  readonly #database: SharedDatabase;
  readonly #sessions = new Map<LockOwner, OpenSession>();
  #sessionsMade = 0;

  constructor(host: PostgresHost) {
    this.#host = host;
    this.#database = new SharedDatabase(host, {
      resume: (owner) => this.#resumeLater(owner),
      oldestSnapshot: () => this.#oldestSnapshot(),
    });
  }

  /** How many clients there may be at one time, beside those kept for superusers. */
  maxConnections = 100;

  /** Whether there are as many clients as there may be for one more of them. */
  isCrowded({ isSuperuser = false }: Pick<SessionOptions, "isSuperuser">): boolean {
    const superusers = [...this.#sessions.values()].filter((each) => each.isSuperuser);
    const hasKept = isSuperuser && superusers.length < SUPERUSER_RESERVED_CONNECTIONS;
    return !hasKept && this.#sessions.size >= this.maxConnections;
  }

  /** The disk is full: what needs more of it ends with 53100. */
  set diskIsFull(isFull: boolean) {
    this.#database.diskIsFull = isFull;
  }

  /**
   * A new connection's backend.
   *
   * @throws PostgresError (53300) when there are too many
   */
  openSession(options: SessionOptions = {}): Session {
    if (options.isObserver !== true && this.isCrowded(options)) {
      throw new PostgresError("53300", "sorry, too many clients already", {}, "FATAL");
    }
    this.#sessionsMade += 1;
    const identity = {
      isObserver: options.isObserver ?? false,
      processId: FIRST_PROCESS_ID + this.#sessionsMade,
      applicationName: options.applicationName ?? "",
    };
    const session = new Session(identity, this.#database, {
      told: (message) => options.onMessage?.(message),
      lost: () => options.onLost?.(),
      ended: () => this.#sessions.delete(session),
      failed: (error) => this.#host.fail(error),
    });
    const { onLost, isSuperuser = false } = options;
    this.#sessions.set(session, { session, onLost, isSuperuser });
    return session;
  }

  /**
   * Calls back at each commit that changed a row, in the order of commits, before the client learns
   * of it. The listener must not call the engine. Only commits of transactions that changed nothing
   * before are complete for a listener that comes later: add it before the first query.
   */
  onCommit(listener: (commit: Commit) => void): void {
    this.#database.onCommit(listener);
  }

  /** pg_terminate_backend: 57P01 for the session of this process. False when there is none. */
  terminate(processId: number): boolean {
    for (const { session } of this.#sessions.values()) {
      if (session.processId === processId) {
        const message = "terminating connection due to administrator command";
        session.terminate(new PostgresError("57P01", message, {}, "FATAL"));
        return true;
      }
    }
    return false;
  }

  /** The same for every session. */
  terminateAll(): void {
    for (const { session } of [...this.#sessions.values()]) {
      this.terminate(session.processId);
    }
  }

  /** pg_cancel_backend: 57014 for what the session of this process waits for. */
  cancel(processId: number): void {
    for (const { session } of this.#sessions.values()) {
      if (session.processId === processId) {
        const message = "canceling statement due to user request";
        session.cancel(new PostgresError("57014", message));
      }
    }
  }

  /**
   * The server dies and recovers: what was committed stays, all else is gone, every session is lost
   * without a word, and identity columns skip up to 32 numbers. New sessions may be opened at once;
   * how long a restart takes is the caller's to say.
   */
  crash(): void {
    const lost = [...this.#sessions.values()];
    for (const { session } of lost) {
      session.kill();
    }
    this.#database.crash();
    for (const { onLost } of lost) {
      onLost?.();
    }
  }

  #resumeLater(owner: LockOwner): void {
    const entry = this.#sessions.get(owner);
    if (entry !== undefined) {
      this.#host.wake(() => entry.session.goOn());
    }
  }

  #oldestSnapshot(): number | null {
    let oldest: number | null = null;
    for (const { session } of this.#sessions.values()) {
      const snapshot = session.oldestSnapshot;
      if (snapshot !== null && (oldest === null || snapshot < oldest)) {
        oldest = snapshot;
      }
    }
    return oldest;
  }
}
