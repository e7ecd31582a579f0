import type { StatementPlan } from "../clauses/statement-plan.ts";
import type { Notice } from "../ground/notice.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { type Steps, WAIT, type Wait, waitSignal } from "../ground/wait.ts";
import { ACCESS_SHARE, type Grant, type LockWait } from "../locks/lock.ts";
import { ForeignKeyRun } from "../rows/foreign-key-run.ts";
import { isDefinition } from "../statements/compile-statement.ts";
import {
  readTransactionControl,
  type TransactionControl,
} from "../statements/transaction-control.ts";
import type { OpenTransaction } from "../storage/open-transaction.ts";
import type { RowValues } from "../storage/row.ts";
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
import { type BlockOwner, TransactionBlock } from "./transaction-block.ts";

/** What a session tells its client without being asked. */
export type SessionMessage = { readonly kind: "notice"; readonly notice: Notice };

/** What the engine is told by a session. */
export interface SessionHooks {
  /** Something for the client that is no answer to its query. */
  readonly told: (message: SessionMessage) => void;
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
export class Session implements BlockOwner {
  readonly processId: number;
  readonly held: Grant[] = [];
  waiting: LockWait | null = null;
  waitError: PostgresError | null = null;
  readonly applicationName: string;
  readonly #database: SharedDatabase;
  readonly #hooks: SessionHooks;
  readonly #block: TransactionBlock;
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
    this.applicationName = identity.applicationName;
    this.#database = database;
    this.#hooks = hooks;
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
    this.#running = { steps: this.#runQuery(sql, parameters), reply };
    this.goOn();
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
    if (this.#closing) {
      this.#block.rollBack();
      this.#end();
    } else {
      running.reply(reply);
    }
  }

  #end(): void {
    this.#over = true;
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
    for (const statement of statements) {
      const control = readTransactionControl(statement);
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
      results.push(yield* this.#runStatement(statement, transaction, parameters));
      if (block.implicit && results.length === statements.length) {
        yield* block.commit();
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
          this.#warn("25001", "there is already a transaction in progress");
        }
        block.implicit = false;
        return resultOfCommand(control.tag);
      case "commit": {
        if (control.chain) {
          block.demandBlock("COMMIT AND CHAIN");
        }
        const { isolation, readOnly } = block;
        // A success, as far as the protocol says: only the tag tells that nothing was committed.
        if (block.state === "idle") {
          this.#warn("25P01", "there is no transaction in progress");
        }
        const kept = block.state !== "aborted";
        if (kept) {
          yield* block.commit();
        } else {
          block.rollBack();
        }
        if (control.chain) {
          block.begin({ isolation, readOnly }, false);
        }
        return resultOfCommand(kept ? "COMMIT" : "ROLLBACK");
      }
      case "rollback": {
        if (control.chain) {
          block.demandBlock("ROLLBACK AND CHAIN");
        }
        if (block.state === "idle") {
          this.#warn("25P01", "there is no transaction in progress");
        }
        const { isolation, readOnly } = block;
        block.rollBack();
        if (control.chain) {
          block.begin({ isolation, readOnly }, false);
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

  #warn(code: string, message: string): void {
    this.tell({ severity: "WARNING", code, message });
  }

  *#runStatement(
    statement: ParsedStatement,
    transaction: OpenTransaction,
    written: readonly Parameter[],
  ): Steps<StatementResult> {
    let plan = this.#planAndLock(statement, transaction);
    for (; plan === WAIT; plan = this.#planAndLock(statement, transaction)) {
      yield WAIT;
    }
    const parameters = bind(plan, written);
    if (this.#block.readOnly) {
      refuseToWrite(statement, plan);
    }
    const snapshot = this.#block.takeSnapshot(transaction);
    const { isolation } = this.#block;
    const execution = new StatementExecution(this.#database, {
      transaction,
      isolation,
      snapshot,
      parameters,
      session: this,
    });
    const outcome = yield* plan.run(execution);
    this.#block.command += 1;
    if (execution.checks.length > 0) {
      const run = new ForeignKeyRun(execution);
      run.start(execution.checks);
      while (run.step() === WAIT) {
        yield WAIT;
      }
    }
    this.#block.endStatement();
    return resultOf(plan, outcome);
  }

  /** Asked before each row that a statement changes or locks. */
  pauses(): boolean {
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
