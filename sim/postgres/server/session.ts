import type { StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { type Steps, WAIT, waitSignal } from "../ground/wait.ts";
import type { Grant, LockOwner, LockWait } from "../locks/lock.ts";
import type { Isolation } from "../rows/execution.ts";
import { ForeignKeyRun } from "../rows/foreign-key-run.ts";
import {
  readTransactionControl,
  type TransactionControl,
} from "../statements/transaction-control.ts";
import type { OpenTransaction } from "../storage/open-transaction.ts";
import type { RowValues } from "../storage/row.ts";
import type { Snapshot, Transaction } from "../storage/transaction.ts";
import { type ParsedStatement, parseStatements } from "../syntax/postgres-parser.ts";
import type { Datum } from "../types/datum.ts";
import { type Parameter, readParameter } from "../types/parameter.ts";
import {
  type QueryReply,
  resultOf,
  resultOfCommand,
  type StatementResult,
} from "./query-result.ts";
import type { SharedDatabase } from "./shared-database.ts";
import { StatementExecution } from "./statement-execution.ts";

/** What the engine is told by a session. */
export interface SessionHooks {
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
export class Session implements LockOwner {
  readonly processId: number;
  readonly held: Grant[] = [];
  waiting: LockWait | null = null;
  waitError: PostgresError | null = null;
  readonly #applicationName: string;
  readonly #database: SharedDatabase;
  readonly #hooks: SessionHooks;
  #state: "idle" | "open" | "aborted" = "idle";
  /** True while the transaction was begun by a statement and not by BEGIN. */
  #implicit = false;
  #isolation: Isolation = "read committed";
  #transaction: OpenTransaction | null = null;
  #command = 0;
  /** Of a REPEATABLE READ transaction, from its first statement on. */
  #transactionSnapshot: number | null = null;
  #statementSnapshot: number | null = null;
  #running: Running | null = null;
  /** Other sessions are let in before this one goes on. */
  #paused = false;
  #closing = false;
  #over = false;

  constructor(
    identity: { readonly processId: number; readonly applicationName: string },
    database: SharedDatabase,
    hooks: SessionHooks,
  ) {
    this.processId = identity.processId;
    this.#applicationName = identity.applicationName;
    this.#database = database;
    this.#hooks = hooks;
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
    this.#running = { steps: this.#runQuery(sql, parameters), reply };
    this.resume();
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
    this.#end();
  }

  /** Goes on after a wait. To be called by the engine only. */
  resume(): void {
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
        this.#failTransaction();
        this.#finish(running, { kind: "error", error });
      } else {
        this.#hooks.failed(error);
      }
    }
  }

  /** The commit number that this session's oldest snapshot in use looks from, or null. */
  get oldestSnapshot(): number | null {
    return this.#transactionSnapshot ?? this.#statementSnapshot;
  }

  #finish(running: Running, reply: QueryReply): void {
    this.#running = null;
    this.#statementSnapshot = null;
    if (this.#closing) {
      this.#end();
    } else {
      running.reply(reply);
    }
  }

  #end(): void {
    this.#over = true;
    this.#failTransaction();
    this.#leaveTransaction();
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
    const results: StatementResult[] = [];
    for (const statement of statements) {
      const control = readTransactionControl(statement);
      if (this.#state === "aborted" && (control === undefined || control.kind === "begin")) {
        const message =
          "current transaction is aborted, commands ignored until end of transaction block";
        throw new PostgresError("25P02", message);
      }
      if (control !== undefined) {
        results.push(this.#control(control));
        continue;
      }
      const transaction = this.#transaction ?? this.#begin("read committed", true);
      results.push(yield* this.#runStatement(statement, transaction, parameters));
      if (this.#implicit && results.length === statements.length) {
        this.#commit();
      }
    }
    return results;
  }

  #control(control: TransactionControl): StatementResult {
    switch (control.kind) {
      case "begin":
        // Inside a transaction BEGIN is only warned about; inside an implicit one it makes that
        // explicit.
        if (this.#state === "idle") {
          this.#begin(control.isolation, false);
        }
        this.#implicit = false;
        return resultOfCommand(control.tag);
      case "commit":
        // A success, as far as the protocol says: only the tag tells that nothing was committed.
        if (this.#state === "aborted") {
          return this.#rollBack();
        }
        if (this.#state === "open") {
          this.#commit();
        }
        return resultOfCommand("COMMIT");
      case "rollback":
        return this.#rollBack();
    }
  }

  *#runStatement(
    statement: ParsedStatement,
    transaction: OpenTransaction,
    written: readonly Parameter[],
  ): Steps<StatementResult> {
    const plan =
      this.#planWithLocks(statement, transaction) ??
      (yield* this.#planAndLock(statement, transaction));
    const parameters = bind(plan, written);
    const snapshot = this.#takeSnapshot(transaction);
    const isolation = this.#isolation;
    const execution = new StatementExecution(this.#database, {
      transaction,
      isolation,
      snapshot,
      parameters,
      pause: this.#pause,
    });
    const outcome = yield* plan.run(execution);
    this.#command += 1;
    if (execution.checks.length > 0) {
      const run = new ForeignKeyRun(execution);
      run.start(execution.checks);
      while (run.step() === WAIT) {
        yield WAIT;
      }
    }
    this.#statementSnapshot = null;
    return resultOf(plan, outcome);
  }

  readonly #pause = (): boolean => {
    this.#paused = this.#database.host.pause(() => {
      this.#paused = false;
      this.resume();
    });
    return this.#paused;
  };

  // The plan, if its tables can be locked without waiting.
  #planWithLocks(statement: ParsedStatement, transaction: Transaction): StatementPlan | undefined {
    const plan = this.#database.planFor(statement, transaction);
    for (const { table, mode } of plan.tableLocks) {
      if (!this.#database.locks.tryTake(table.lock, this, mode)) {
        return undefined;
      }
    }
    return plan;
  }

  // While it waits for a table, another transaction may commit a definition: then the plan is made
  // anew.
  *#planAndLock(statement: ParsedStatement, transaction: Transaction): Steps<StatementPlan> {
    for (;;) {
      const { version } = this.#database.catalog;
      const plan = this.#database.planFor(statement, transaction);
      for (const { table, mode } of plan.tableLocks) {
        if (!this.#database.locks.take(table.lock, this, mode)) {
          yield WAIT;
        }
      }
      if (this.#database.catalog.version === version) {
        return plan;
      }
    }
  }

  #takeSnapshot(transaction: Transaction): Snapshot {
    let { commitNumber } = this.#database;
    if (this.#isolation === "repeatable read") {
      this.#transactionSnapshot ??= commitNumber;
      commitNumber = this.#transactionSnapshot;
    }
    this.#statementSnapshot = commitNumber;
    return { commitNumber, transaction, command: this.#command };
  }

  #begin(isolation: Isolation, implicit: boolean): OpenTransaction {
    this.#state = "open";
    this.#implicit = implicit;
    this.#isolation = isolation;
    this.#command = 0;
    this.#transaction = this.#database.begin(this, this.#applicationName);
    return this.#transaction;
  }

  #commit(): void {
    const transaction = this.#transaction;
    this.#leaveTransaction();
    if (transaction !== null) {
      this.#database.commit(transaction);
    }
  }

  #rollBack(): StatementResult {
    this.#failTransaction();
    this.#leaveTransaction();
    return resultOfCommand("ROLLBACK");
  }

  // After an error the transaction's work and locks are gone at once; an explicit one waits for its
  // ROLLBACK.
  #failTransaction(): void {
    const transaction = this.#transaction;
    if (transaction === null) {
      return;
    }
    const implicit = this.#implicit;
    this.#leaveTransaction();
    if (!implicit) {
      this.#state = "aborted";
    }
    this.#database.abort(transaction);
  }

  #leaveTransaction(): void {
    this.#state = "idle";
    this.#implicit = false;
    this.#transaction = null;
    this.#transactionSnapshot = null;
    this.#statementSnapshot = null;
  }
}

function bind(plan: StatementPlan, parameters: readonly Parameter[]): RowValues {
  const { parameterTypes } = plan;
  if (parameters.length === 0 && parameterTypes.length > 0) {
    throw new PostgresError("42P02", "there is no parameter $1");
  }
  if (parameters.length !== parameterTypes.length) {
    const message = `bind message supplies ${parameters.length} parameters, but prepared statement "" requires ${parameterTypes.length}`;
    throw new PostgresError("08P01", message);
  }
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
