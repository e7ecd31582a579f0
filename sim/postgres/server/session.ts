import type { StatementPlan } from "../clauses/statement-plan.ts";
import type { Notice } from "../ground/notice.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { type Steps, WAIT, type Wait, waitSignal } from "../ground/wait.ts";
import { ACCESS_SHARE, type Grant, type LockWait } from "../locks/lock.ts";
import { ForeignKeyRun } from "../rows/foreign-key-run.ts";
import type { TransactionModes } from "../rows/transaction-modes.ts";
import type { Notification } from "../session/notifications.ts";
import { isDefinition } from "../statements/compile-statement.ts";
import { readExecute } from "../statements/prepare.ts";
import {
  readTransactionControl,
  type TransactionControl,
} from "../statements/transaction-control.ts";
import type { Utility } from "../statements/utility-statement.ts";
import { compileUtility } from "../statements/utility.ts";
import type { ForeignKeyCheck } from "../storage/foreign-key-check.ts";
import type { OpenTransaction } from "../storage/open-transaction.ts";
import type { RowValues } from "../storage/row.ts";
import type { Snapshot } from "../storage/transaction.ts";
import { type ParsedStatement, parseStatements } from "../syntax/postgres-parser.ts";
import type { Datum } from "../types/datum.ts";
import { type Parameter, readParameter } from "../types/parameter.ts";
import {
  type QueryReply,
  resultOf,
  resultOfCommand,
  resultOfRows,
  type StatementResult,
} from "./query-result.ts";
import { SessionState, type StateSession } from "./session-state.ts";
import type { SharedDatabase } from "./shared-database.ts";
import { StatementExecution, type StatementSession } from "./statement-execution.ts";
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

interface Running {
  readonly steps: Steps<readonly StatementResult[]>;
  readonly reply: (reply: QueryReply) => void;
}

/**
 * One connection's backend: a state machine that takes one query at a time. A query that must wait
 * for a lock stays where it is until the lock manager resumes it; its reply comes then.
 */
export class Session implements BlockOwner, StateSession, StatementSession {
  readonly processId: number;
  readonly held: Grant[] = [];
  waiting: LockWait | null = null;
  waitError: PostgresError | null = null;
  readonly state: SessionState;
  readonly #database: SharedDatabase;
  readonly #isObserver: boolean;
  readonly #hooks: SessionHooks;
  readonly #block: TransactionBlock;
  #running: Running | null = null;
  /** Other sessions are let in before this one goes on. */
  /** When the query in hand came. */
  startedUs = 0;
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
  }

  /**
   * Runs a query text and replies once, at once or after a wait. Without parameters the text may
   * hold several statements, which then are one implicit transaction. A query that is not simulated
   * never replies: the run fails. Asking while a query is running, or after `close`, is a mistake
   * of the caller's.
   */
  query(sql: string, parameters: readonly Parameter[], reply: (reply: QueryReply) => void): void {
    if (this.#running !== null) {
      throw new Error("a session runs one query at a time");
    }
    if (this.#over || this.#closing) {
      throw new Error("this session is closed");
    }
    this.#cancelIdleTimer?.();
    this.#cancelIdleTimer = null;
    this.startedUs = this.#database.host.nowUs();
    this.#running = { steps: this.#runQuery(sql, parameters), reply };
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
    const running = this.#running;
    this.#running = null;
    if (this.waiting !== null) {
      this.#database.locks.abandon(this.waiting);
    }
    this.#block.rollBack();
    if (running === null) {
      this.#hooks.told({ kind: "fatal", error });
    } else {
      running.reply({ kind: "error", error });
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
    if (this.#running === null) {
      this.#block.rollBack();
      this.#end();
    }
  }

  /** The server is gone: what is open is lost, at once. */
  kill(): void {
    if (this.#over) {
      return;
    }
    this.#running = null;
    if (this.waiting !== null) {
      this.#database.locks.abandon(this.waiting);
    }
    this.#block.crash();
    this.#end();
  }

  /** Goes on after a wait. To be called by the engine only. */
  goOn(): void {
    const running = this.#running;
    if (running === null || this.waiting !== null || this.#paused) {
      return;
    }
    try {
      const error = this.waitError;
      this.waitError = null;
      if (error !== null) {
        throw error;
      }
      const step = running.steps.next();
      if (step.done !== true) {
        return;
      }
      this.#finish(running, replyWith(step.value));
    } catch (error) {
      if (error === waitSignal) {
        return;
      }
      if (error instanceof PostgresError) {
        this.#block.fail();
        this.#finish(running, { kind: "error", error });
      } else {
        this.#hooks.failed(error);
      }
    }
  }

  /** The commit number that this session's oldest snapshot in use looks from, or null. */
  get oldestSnapshot(): number | null {
    return this.#block.oldestSnapshot;
  }

  #finish(running: Running, reply: QueryReply): void {
    this.#running = null;
    this.#block.endStatement();
    this.#stopStatementTimer();
    if (this.#closing) {
      this.#block.rollBack();
      this.#end();
      return;
    }
    this.#deliver();
    this.#startIdleTimer();
    running.reply(reply);
    if (this.#ending !== null) {
      this.terminate(this.#ending);
    }
  }

  // The client hears between its transactions, before the answer that ends one.
  #deliver(): void {
    if (this.#block.state === "idle" && this.#running === null && !this.#over) {
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

  #startStatementTimer(): void {
    this.#stopStatementTimer();
    const delayMs = this.state.settings.ms("statement_timeout");
    if (delayMs > 0) {
      const error = new PostgresError("57014", "canceling statement due to statement timeout");
      const { host } = this.#database;
      this.#cancelStatementTimer = host.setTimer(delayMs, () => this.cancel(error));
    }
  }

  #stopStatementTimer(): void {
    this.#cancelStatementTimer?.();
    this.#cancelStatementTimer = null;
  }

  #end(): void {
    this.#over = true;
    this.#stopStatementTimer();
    this.#cancelIdleTimer?.();
    this.state.end();
    this.#hooks.ended(this);
  }

  *#runQuery(sql: string, parameters: readonly Parameter[]): Steps<readonly StatementResult[]> {
    const statements = parseStatements(sql);
    if (parameters.length > 0 && statements.length > 1) {
      const message = "cannot insert multiple commands into a prepared statement";
      throw new PostgresError("42601", message);
    }
    if (statements.length === 0) {
      return [resultOfCommand("")];
    }
    const block = this.#block;
    const results: StatementResult[] = [];
    for (const written of statements) {
      const control = readTransactionControl(written);
      if (block.state === "aborted" && !endsBlock(control)) {
        const message =
          "current transaction is aborted, commands ignored until end of transaction block";
        throw new PostgresError("25P02", message);
      }
      if (control !== undefined) {
        results.push(yield* this.#control(control));
        continue;
      }
      const transaction = block.transaction ?? block.begin({}, true);
      this.#startStatementTimer();
      const execute = written.kind === "ExecuteStmt" ? readExecute(written.open()) : null;
      const statement = execute === null ? written : this.state.demandPrepared(execute.name);
      const given = execute === null ? parameters : execute.parameters;
      if (written.kind === "PrepareStmt") {
        // Its mistakes are told now.
        const prepared = written.inner("query");
        while (this.#plan(prepared, transaction) === WAIT) {
          yield WAIT;
        }
      }
      const utility = compileUtility(statement);
      results.push(
        utility === undefined
          ? yield* this.#runStatement(statement, transaction, given)
          : yield* this.#runUtility(utility, transaction, given),
      );
      this.#stopStatementTimer();
      if (block.implicit && results.length === statements.length) {
        yield* this.#commit();
      }
    }
    return results;
  }

  *#control(control: TransactionControl): Steps<StatementResult> {
    const block = this.#block;
    switch (control.kind) {
      case "begin":
        // Inside a transaction BEGIN is only warned about; inside an implicit one it makes that
        // explicit.
        if (block.state === "idle") {
          block.begin(control.modes, false);
        } else if (!block.implicit) {
          this.warn("25001", "there is already a transaction in progress");
        }
        block.implicit = false;
        return resultOfCommand(control.tag);
      case "commit": {
        if (control.chain) {
          block.demandBlock("COMMIT AND CHAIN");
        }
        const modes = block.modes;
        // A success, as far as the protocol says: only the tag tells that nothing was committed.
        if (block.state === "idle") {
          this.warn("25P01", "there is no transaction in progress");
        }
        const kept = block.state !== "aborted";
        if (kept) {
          yield* this.#commit();
        } else {
          block.rollBack();
        }
        if (control.chain) {
          block.begin(modes, false);
        }
        return resultOfCommand(kept ? "COMMIT" : "ROLLBACK");
      }
      case "rollback": {
        if (control.chain) {
          block.demandBlock("ROLLBACK AND CHAIN");
        }
        if (block.state === "idle") {
          this.warn("25P01", "there is no transaction in progress");
        }
        const modes = block.modes;
        block.rollBack();
        if (control.chain) {
          block.begin(modes, false);
        }
        return resultOfCommand("ROLLBACK");
      }
      case "savepoint":
        block.savepoint(control.name);
        return resultOfCommand("SAVEPOINT");
      case "release":
        block.release(control.name);
        return resultOfCommand("RELEASE");
      case "rollback to":
        block.rollBackTo(control.name);
        return resultOfCommand("ROLLBACK");
    }
  }

  *#runChecks(execution: StatementExecution, checks: readonly ForeignKeyCheck[]): Steps<void> {
    if (checks.length > 0) {
      const run = new ForeignKeyRun(execution);
      run.start(checks);
      while (run.step() === WAIT) {
        yield WAIT;
      }
    }
    this.#block.command = execution.lastCommand + 1;
  }

  // Checks that were deferred; what they do may ask for more of them.
  *#runDeferred(transaction: OpenTransaction): Steps<void> {
    const { deferred } = transaction;
    if (deferred.length > 0) {
      yield* this.#runChecks(this.#execute(transaction), deferred);
      deferred.length = 0;
    }
  }

  #execute(transaction: OpenTransaction): StatementExecution {
    const { isolation, tracker } = this.#block;
    const snapshot = this.#block.currentSnapshot(transaction);
    return new StatementExecution(this.#database, {
      transaction,
      isolation,
      snapshot,
      tracker,
      parameters: [],
      session: this,
    });
  }

  *#commit(): Steps<void> {
    // Whatever goes wrong from here on, no block is left to be ended by ROLLBACK.
    this.#block.implicit = true;
    if (this.#block.transaction !== null) {
      yield* this.#runDeferred(this.#block.transaction);
    }
    if (this.#block.transaction?.wrote === true && this.pauses()) {
      yield WAIT;
    }
    yield* this.#block.commit();
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

  *#runUtility(
    utility: Utility,
    transaction: OpenTransaction,
    written: readonly Parameter[],
  ): Steps<StatementResult> {
    demandCount(written, 0);
    const execution = this.#execute(transaction);
    let outcome = utility.run(execution);
    for (; outcome === WAIT; outcome = utility.run(execution)) {
      yield WAIT;
    }
    this.#block.command += 1;
    if (transaction.defersAll === false) {
      yield* this.#runDeferred(transaction);
    }
    return resultOfRows(utility.tag, utility.columns, outcome.rows);
  }

  *#runStatement(
    statement: ParsedStatement,
    transaction: OpenTransaction,
    written: readonly Parameter[],
  ): Steps<StatementResult> {
    if (!QUERIES.has(statement.kind)) {
      demandCount(written, 0);
    }
    // analyze_requires_snapshot: who has one snapshot takes it before waiting for a lock.
    if (this.#block.isolation !== "read committed") {
      yield* this.#takeSnapshot(transaction);
    }
    let plan = this.#planAndLock(statement, transaction);
    for (; plan === WAIT; plan = this.#planAndLock(statement, transaction)) {
      yield WAIT;
    }
    const parameters = bind(plan, written);
    if (this.#block.readOnly) {
      refuseToWrite(statement, plan);
    }
    const snapshot = yield* this.#takeSnapshot(transaction);
    const { isolation, tracker } = this.#block;
    const execution = new StatementExecution(this.#database, {
      transaction,
      isolation,
      snapshot,
      tracker,
      parameters,
      session: this,
    });
    if (this.pauses()) {
      yield WAIT;
    }
    const outcome = yield* plan.run(execution);
    yield* this.#runChecks(execution, execution.checks);
    this.#block.endStatement();
    return resultOf(plan, outcome);
  }

  *#takeSnapshot(transaction: OpenTransaction): Steps<Snapshot> {
    let snapshot = this.#block.takeSnapshot(transaction);
    for (; snapshot === WAIT; snapshot = this.#block.takeSnapshot(transaction)) {
      yield WAIT;
    }
    return snapshot;
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

  /**
   * The plan, with its tables locked. After a wait it is asked for again: meanwhile another
   * transaction may have committed a definition, and then the plan is made anew.
   */
  #planAndLock(statement: ParsedStatement, transaction: OpenTransaction): StatementPlan | Wait {
    const plan = this.#plan(statement, transaction);
    if (plan === WAIT) {
      return WAIT;
    }
    for (const { table, mode } of plan.tableLocks) {
      if (!this.#database.locks.take(table.lock, this, mode)) {
        return WAIT;
      }
    }
    return plan;
  }

  #plan(statement: ParsedStatement, transaction: OpenTransaction): StatementPlan | Wait {
    try {
      return this.#database.planFor(statement, transaction);
    } catch (error) {
      if (error === waitSignal) {
        return WAIT;
      }
      throw error;
    }
  }
}

function endsBlock(control: TransactionControl | undefined): boolean {
  const kind = control?.kind;
  return kind === "commit" || kind === "rollback" || kind === "rollback to";
}

/** ExecCheckXactReadOnly. @throws PostgresError (25006) when the statement writes or locks */
function refuseToWrite(statement: ParsedStatement, plan: StatementPlan): void {
  const writes = plan.tableLocks.some(({ mode }) => mode !== ACCESS_SHARE);
  if (writes || isDefinition(statement)) {
    const name = commandNameOf(statement, plan.tag(0));
    throw new PostgresError("25006", `cannot execute ${name} in a read-only transaction`);
  }
}

/** CreateCommandName: what the command is called in messages. */
function commandNameOf(statement: ParsedStatement, tag: string): string {
  const [locking] =
    statement.kind === "SelectStmt" ? statement.open().children("lockingClause") : [];
  const strength = locking?.text("strength");
  const clause = strength === undefined ? undefined : LOCKING_NAMES.get(strength);
  return clause === undefined ? tag.replace(/[ 0-9]+$/, "") : `SELECT ${clause}`;
}

const LOCKING_NAMES: ReadonlyMap<string, string> = new Map([
  ["LCS_FORKEYSHARE", "FOR KEY SHARE"],
  ["LCS_FORSHARE", "FOR SHARE"],
  ["LCS_FORNOKEYUPDATE", "FOR NO KEY UPDATE"],
  ["LCS_FORUPDATE", "FOR UPDATE"],
]);

/** The statements that may have parameters. */
const QUERIES: ReadonlySet<string> = new Set([
  "SelectStmt",
  "InsertStmt",
  "UpdateStmt",
  "DeleteStmt",
]);

/** @throws PostgresError (08P01) */
function demandCount(parameters: readonly Parameter[], count: number): void {
  if (parameters.length !== count) {
    const message = `bind message supplies ${parameters.length} parameters, but prepared statement "" requires ${count}`;
    throw new PostgresError("08P01", message);
  }
}

function bind(plan: StatementPlan, parameters: readonly Parameter[]): RowValues {
  const { parameterTypes } = plan;
  if (parameters.length === 0 && parameterTypes.length > 0) {
    throw new PostgresError("42P02", "there is no parameter $1");
  }
  demandCount(parameters, parameterTypes.length);
  const row: Datum[] = [];
  for (const type of parameterTypes) {
    row.push(readParameter(type, parameters[row.length] ?? null));
  }
  return row;
}

const NO_RESULTS: readonly StatementResult[] = [];

function replyWith(results: readonly StatementResult[]): QueryReply {
  const last = results.at(-1) ?? resultOfCommand("");
  const { tag, command, rowCount, fields, rows } = last;
  const earlier = results.length < 2 ? NO_RESULTS : results.slice(0, -1);
  return { kind: "result", tag, command, rowCount, fields, rows, earlier };
}
