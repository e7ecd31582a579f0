import type { Notice } from "../ground/notice.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { WAIT, waitSignal } from "../ground/wait.ts";
import type { Grant, LockWait } from "../locks/lock.ts";
import type { TransactionModes } from "../rows/transaction-modes.ts";
import type { Notification } from "../session/notifications.ts";
import type { Parameter } from "../types/parameter.ts";
import type { QueryReply } from "./query-result.ts";
import { QueryRun, type QuerySession } from "./query-run.ts";
import { SessionState, type StateSession } from "./session-state.ts";
import type { SharedDatabase } from "./shared-database.ts";
import { type BlockOwner, TransactionBlock } from "./transaction-block.ts";

/** What a session tells its client without being asked; `fatal` is its last word. */
export type SessionMessage =
  | { readonly kind: "notice"; readonly notice: Notice }
  | { readonly kind: "notification"; readonly notification: Notification }
  | { readonly kind: "fatal"; readonly error: PostgresError };

/** What the engine is told by a session. */
export interface SessionHooks {
  /** Something for the client that is no answer to its query. */
  readonly told: (message: SessionMessage) => void;
  /** The server has ended the session, after its last word. */
  readonly lost: () => void;
  /** The session is over: nothing of it is left. */
  readonly ended: (session: Session) => void;
  /** The engine cannot go on: the run is over. */
  readonly failed: (error: unknown) => void;
}

/**
 * One connection's backend: a state machine that takes one query at a time. A query that must wait
 * for a lock stays where it is until the lock manager resumes it; its reply comes then.
 */
export class Session implements BlockOwner, StateSession, QuerySession {
  readonly processId: number;
  readonly held: Grant[] = [];
  waiting: LockWait | null = null;
  waitError: PostgresError | null = null;
  readonly state: SessionState;
  readonly #database: SharedDatabase;
  readonly #isObserver: boolean;
  readonly #hooks: SessionHooks;
  readonly #block: TransactionBlock;
  readonly #run: QueryRun;
  /** Who is answered when the query in hand is done; null while there is none. */
  #reply: ((reply: QueryReply) => void) | null = null;
  /** When the query in hand came. */
  startedUs = 0;
  /** Other sessions are let in before this one goes on. */
  #paused = false;
  #cancelStatementTimer: (() => void) | null = null;
  #cancelIdleTimer: (() => void) | null = null;
  /** Why the session ends as soon as its commit has reached the disk. */
  #ending: PostgresError | null = null;
  #closing = false;
  #over = false;

  constructor(
    identity: {
      readonly processId: number;
      readonly applicationName: string;
      /** It is let wait by nobody. */
      readonly isObserver: boolean;
    },
    database: SharedDatabase,
    hooks: SessionHooks,
  ) {
    this.processId = identity.processId;
    this.#isObserver = identity.isObserver;
    this.#database = database;
    this.#hooks = hooks;
    this.state = new SessionState(this, database);
    this.state.changeSetting("application_name", identity.applicationName, false);
    this.state.commit();
    this.#block = new TransactionBlock(this, database);
    this.#run = new QueryRun(this, this.#block, database);
  }

  /**
   * Runs a query text and replies once, at once or after a wait. Without parameters the text may
   * hold several statements, which then are one implicit transaction. A query that is not simulated
   * never replies: the run fails. Asking while a query is running, or after `close`, is a mistake
   * of the caller's.
   */
  query(sql: string, parameters: readonly Parameter[], reply: (reply: QueryReply) => void): void {
    if (this.#reply !== null) {
      throw new Error("a session runs one query at a time");
    }
    if (this.#over || this.#closing) {
      throw new Error("this session is closed");
    }
    this.#cancelIdleTimer?.();
    this.#cancelIdleTimer = null;
    this.startedUs = this.#database.host.nowUs();
    this.#reply = reply;
    this.#run.start(sql, parameters);
    this.goOn();
  }

  get applicationName(): string {
    return this.state.settings.show("application_name");
  }

  get deadlockTimeoutMs(): number {
    return this.state.settings.ms("deadlock_timeout");
  }

  get lockTimeoutMs(): number {
    return this.state.settings.ms("lock_timeout");
  }

  get snapshotXmin(): number {
    return this.#block.snapshotXmin;
  }

  get inBlock(): boolean {
    return this.#block.state !== "idle" && !this.#block.implicit;
  }

  /**
   * Ends the statement that runs with an error, if it waits; what does not wait is over before
   * anybody can ask. A commit on its way to the disk is not ended.
   */
  cancel(error: PostgresError): void {
    if (this.waiting !== null) {
      this.#database.locks.fail(this.waiting, error);
    } else if (this.#paused) {
      this.waitError = error;
    }
  }

  /**
   * The server ends the session: what is open is rolled back, and the client gets the error, as the
   * answer to what it asked, or unasked. A commit on its way to the disk is waited for.
   */
  terminate(error: PostgresError): void {
    if (this.#over) {
      return;
    }
    if (this.#block.flushing) {
      this.#ending = error;
      return;
    }
    const reply = this.#reply;
    this.#reply = null;
    if (this.waiting !== null) {
      this.#database.locks.abandon(this.waiting);
    }
    this.#block.rollBack();
    if (reply === null) {
      this.#hooks.told({ kind: "fatal", error });
    } else {
      reply({ kind: "error", error });
    }
    this.#end();
    this.#hooks.lost();
  }

  /**
   * The client is gone. As in Postgres, a statement that is running or waiting ends first, and what
   * it commits by itself stays; then the open transaction is rolled back. No reply is given any
   * more.
   */
  close(): void {
    if (this.#over) {
      return;
    }
    this.#closing = true;
    if (this.#reply === null) {
      this.#block.rollBack();
      this.#end();
    }
  }

  /** The server is gone: what is open is lost, at once. */
  kill(): void {
    if (this.#over) {
      return;
    }
    this.#reply = null;
    if (this.waiting !== null) {
      this.#database.locks.abandon(this.waiting);
    }
    this.#block.crash();
    this.#end();
  }

  /** Goes on after a wait. To be called by the engine only. */
  goOn(): void {
    const reply = this.#reply;
    if (reply === null || this.waiting !== null || this.#paused) {
      return;
    }
    try {
      const error = this.waitError;
      this.waitError = null;
      if (error !== null) {
        throw error;
      }
      const answer = this.#run.step();
      if (answer !== WAIT) {
        this.#finish(reply, answer);
      }
    } catch (error) {
      if (error === waitSignal) {
        return;
      }
      if (error instanceof PostgresError) {
        this.#block.fail();
        this.#finish(reply, { kind: "error", error });
      } else {
        this.#hooks.failed(error);
      }
    }
  }

  /** The commit number that this session's oldest snapshot in use looks from, or null. */
  get oldestSnapshot(): number | null {
    return this.#block.oldestSnapshot;
  }

  #finish(reply: (reply: QueryReply) => void, answer: QueryReply): void {
    this.#reply = null;
    this.#run.forget();
    this.#block.endStatement();
    this.stopStatementTimer();
    if (this.#closing) {
      this.#block.rollBack();
      this.#end();
      return;
    }
    this.#deliver();
    this.#startIdleTimer();
    reply(answer);
    if (this.#ending !== null) {
      this.terminate(this.#ending);
    }
  }

  // The client hears between its transactions, before the answer that ends one.
  #deliver(): void {
    if (this.#block.state === "idle" && this.#reply === null && !this.#over) {
      for (const notification of this.state.takeHeard()) {
        this.#hooks.told({ kind: "notification", notification });
      }
    }
  }

  #startIdleTimer(): void {
    const delayMs = this.state.settings.ms("idle_in_transaction_session_timeout");
    if (delayMs > 0 && this.#block.state !== "idle") {
      const message = "terminating connection due to idle-in-transaction timeout";
      const error = new PostgresError("25P03", message, {}, "FATAL");
      this.#cancelIdleTimer = this.#database.host.setTimer(delayMs, () => this.terminate(error));
    }
  }

  startStatementTimer(): void {
    this.stopStatementTimer();
    const delayMs = this.state.settings.ms("statement_timeout");
    if (delayMs > 0) {
      const error = new PostgresError("57014", "canceling statement due to statement timeout");
      const { host } = this.#database;
      this.#cancelStatementTimer = host.setTimer(delayMs, () => this.cancel(error));
    }
  }

  stopStatementTimer(): void {
    this.#cancelStatementTimer?.();
    this.#cancelStatementTimer = null;
  }

  #end(): void {
    this.#over = true;
    this.stopStatementTimer();
    this.#cancelIdleTimer?.();
    this.state.end();
    this.#hooks.ended(this);
  }

  warn(code: string, message: string): void {
    this.tell({ severity: "WARNING", code, message });
  }

  heard(): void {
    this.#database.host.wake(() => this.#deliver());
  }

  changeTransaction(modes: TransactionModes): void {
    if (!this.inBlock) {
      this.warn("25P01", "SET TRANSACTION can only be used in transaction blocks");
    }
    this.#block.change(modes);
  }

  deferConstraints(deferred: boolean): void {
    if (!this.inBlock) {
      this.warn("25P01", "SET CONSTRAINTS can only be used in transaction blocks");
    }
    if (this.#block.transaction !== null) {
      this.#block.transaction.defersAll = deferred;
    }
  }

  showTransaction(name: string): string | undefined {
    const { isolation, readOnly, deferrable } = this.#block;
    switch (name) {
      case "transaction_isolation":
        return isolation;
      case "transaction_read_only":
        return readOnly ? "on" : "off";
      case "transaction_deferrable":
        return deferrable ? "on" : "off";
      default:
        return undefined;
    }
  }

  /** Asked before each row that a statement changes or locks. */
  pauses(): boolean {
    if (this.#isObserver) {
      return false;
    }
    this.#paused = this.#database.host.pause(() => {
      this.#paused = false;
      this.goOn();
    });
    return this.#paused;
  }

  /** Tells the client something that is no answer. */
  tell(notice: Notice): void {
    this.#hooks.told({ kind: "notice", notice });
  }
}
