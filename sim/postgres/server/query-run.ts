import type { PlanRun, StatementPlan } from "../clauses/statement-plan.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { WAIT, type Wait, waitSignal } from "../ground/wait.ts";
import { ACCESS_SHARE } from "../locks/lock.ts";
import { ForeignKeyRun } from "../rows/foreign-key-run.ts";
import type { TransactionModes } from "../rows/transaction-modes.ts";
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
import { type Parameter, readParameter } from "../types/parameter.ts";
import {
  NOTHING_ASKED,
  type QueryReply,
  type ResultReply,
  resultOf,
  resultOfCommand,
  resultOfRows,
} from "./query-result.ts";
import type { SessionState } from "./session-state.ts";
import type { SharedDatabase } from "./shared-database.ts";
import { StatementExecution, type StatementSession } from "./statement-execution.ts";
import type { TransactionBlock } from "./transaction-block.ts";

/** What a query on its way needs of its session. */
export interface QuerySession extends StatementSession {
  readonly state: SessionState;
  warn(code: string, message: string): void;
  startStatementTimer(): void;
  stopStatementTimer(): void;
}

/** What a query does next. */
type Phase =
  | "statement"
  | "prepare"
  | "utility"
  | "utility-deferred"
  | "early-snapshot"
  | "plan"
  | "snapshot"
  | "run"
  | "checks"
  | "commit"
  | "flush";

/**
 * The query of a session that is on its way, statement by statement: `start`, then `step` as long
 * as it gives `WAIT`. It goes on in the phase in which it had to wait. One object serves query
 * after query; after an error it is to be started anew.
 */
export class QueryRun {
  readonly #session: QuerySession;
  readonly #block: TransactionBlock;
  readonly #database: SharedDatabase;
  #sql = "";
  /** Null until the text is parsed. */
  #statements: readonly ParsedStatement[] | null = null;
  #parameters: readonly Parameter[] = NO_PARAMETERS;
  /** Which statement is in hand, its result when it has one, and those of the ones before it. */
  #at = 0;
  #result: ResultReply | null = null;
  #last: ResultReply | null = null;
  #earlier: ResultReply[] | null = null;
  #phase: Phase = "statement";
  /** The statement in hand; of EXECUTE the one that was prepared, with what it is given. */
  #statement: ParsedStatement | null = null;
  #given: readonly Parameter[] = NO_PARAMETERS;
  #utility: Utility | null = null;
  /** What every statement is executed by, and whether one is. */
  readonly #executor: StatementExecution;
  #execution: StatementExecution | null = null;
  #plan: StatementPlan | null = null;
  #planRun: PlanRun | null = null;
  readonly #checks = new ForeignKeyRun();
  #checksBegun = false;
  /** What sees to checks that were deferred. */
  #checker: StatementExecution | null = null;
  /** The modes of the transaction that COMMIT AND CHAIN begins. */
  #chained: TransactionModes | null = null;

  constructor(session: QuerySession, block: TransactionBlock, database: SharedDatabase) {
    this.#session = session;
    this.#block = block;
    this.#database = database;
    this.#executor = new StatementExecution(database, session, block);
  }

  /** Begins a query; the last one was forgotten when it was answered. */
  start(sql: string, parameters: readonly Parameter[]): void {
    this.#phase = "statement";
    this.#at = 0;
    this.#sql = sql;
    this.#parameters = parameters;
  }

  /** Lets go of all that the last query held. */
  forget(): void {
    this.#statements = null;
    this.#parameters = NO_PARAMETERS;
    this.#result = null;
    this.#last = null;
    this.#earlier = null;
    this.#statement = null;
    this.#given = NO_PARAMETERS;
    this.#utility = null;
    this.#execution = null;
    this.#executor.end();
    this.#plan = null;
    this.#planRun = null;
    this.#checksBegun = false;
    this.#checker = null;
    this.#chained = null;
  }

  /** @throws PostgresError what the statement in hand fails with */
  step(): QueryReply | Wait {
    this.#statements ??= statementsOf(this.#sql, this.#parameters);
    while (this.#at < this.#statements.length) {
      if (this.#goOn() === WAIT) {
        return WAIT;
      }
    }
    const last = this.#last ?? NOTHING_ASKED;
    return this.#earlier === null ? last : { ...last, earlier: this.#earlier };
  }

  #goOn(): Wait | null {
    switch (this.#phase) {
      case "statement":
        return this.#begin();
      case "prepare":
        return this.#prepare();
      case "utility":
        return this.#runUtility();
      case "utility-deferred":
        return this.#runDeferred() ?? this.#endStatement();
      case "early-snapshot":
        return this.#takeEarlySnapshot();
      case "plan":
        return this.#planAndLock();
      case "snapshot":
        return this.#execute();
      case "run":
        return this.#runPlan();
      case "checks":
        return this.#runOwnChecks();
      case "commit":
        return this.#runDeferred() ?? this.#pauseToCommit();
      case "flush":
        return this.#commit();
    }
  }

  #begin(): Wait | null {
    const written = this.#statements?.[this.#at];
    if (written === undefined) {
      throw new Error("a query was stepped after its last statement");
    }
    const block = this.#block;
    const control = readTransactionControl(written);
    if (block.state === "aborted" && !endsBlock(control)) {
      const message =
        "current transaction is aborted, commands ignored until end of transaction block";
      throw new PostgresError("25P02", message);
    }
    if (control !== undefined) {
      return this.#control(control);
    }
    if (block.transaction === null) {
      block.begin({}, true);
    }
    this.#session.startStatementTimer();
    const execute = written.kind === "ExecuteStmt" ? readExecute(written.open()) : null;
    this.#statement = execute === null ? written : this.#session.state.demandPrepared(execute.name);
    this.#given = execute === null ? this.#parameters : execute.parameters;
    this.#phase = written.kind === "PrepareStmt" ? "prepare" : this.#phaseOf(this.#statement);
    return null;
  }

  /** The mistakes of what is prepared are told now. */
  #prepare(): Wait | null {
    const statement = demand(this.#statement);
    if (this.#planFor(statement.inner("query")) === WAIT) {
      return WAIT;
    }
    this.#phase = this.#phaseOf(statement);
    return null;
  }

  #phaseOf(statement: ParsedStatement): Phase {
    this.#utility = compileUtility(statement) ?? null;
    if (this.#utility !== null) {
      demandCount(this.#given, 0);
      return "utility";
    }
    if (!QUERIES.has(statement.kind)) {
      demandCount(this.#given, 0);
    }
    // analyze_requires_snapshot: who has one snapshot takes it before waiting for a lock.
    return this.#block.isolation === "read committed" ? "plan" : "early-snapshot";
  }

  #control(control: TransactionControl): Wait | null {
    const block = this.#block;
    switch (control.kind) {
      case "begin":
        // Inside a transaction BEGIN is only warned about; inside an implicit one it makes that
        // explicit.
        if (block.state === "idle") {
          block.begin(control.modes, false);
        } else if (!block.implicit) {
          this.#session.warn("25001", "there is already a transaction in progress");
        }
        block.implicit = false;
        return this.#endControl(control.tag);
      case "commit": {
        this.#demandChain(control.chain, "COMMIT AND CHAIN");
        // A success, as far as the protocol says: only the tag tells that nothing was committed.
        if (block.state === "aborted") {
          block.rollBack();
          return this.#endControl("ROLLBACK");
        }
        this.#beginCommit();
        return null;
      }
      case "rollback":
        this.#demandChain(control.chain, "ROLLBACK AND CHAIN");
        block.rollBack();
        return this.#endControl("ROLLBACK");
      case "savepoint":
        block.savepoint(control.name);
        return this.#endControl("SAVEPOINT");
      case "release":
        block.release(control.name);
        return this.#endControl("RELEASE");
      case "rollback to":
        block.rollBackTo(control.name);
        return this.#endControl("ROLLBACK");
    }
  }

  #demandChain(chain: boolean, command: string): void {
    const block = this.#block;
    if (chain) {
      block.demandBlock(command);
      this.#chained = block.modes;
    }
    if (block.state === "idle") {
      this.#session.warn("25P01", "there is no transaction in progress");
    }
  }

  #endControl(tag: string): null {
    if (this.#chained !== null) {
      this.#block.begin(this.#chained, false);
      this.#chained = null;
    }
    return this.#next(resultOfCommand(tag));
  }

  #runUtility(): Wait | null {
    const utility = demand(this.#utility);
    this.#execution ??= this.#executionWith(
      this.#block.currentSnapshot(this.#transaction),
      NO_VALUES,
    );
    const outcome = utility.run(this.#execution);
    if (outcome === WAIT) {
      return WAIT;
    }
    this.#block.command += 1;
    this.#result = resultOfRows(utility.tag, utility.columns, outcome.rows);
    this.#execution = null;
    if (this.#transaction.defersAll === false) {
      this.#phase = "utility-deferred";
      return null;
    }
    return this.#endStatement();
  }

  #takeEarlySnapshot(): Wait | null {
    if (this.#block.takeSnapshot(this.#transaction) === WAIT) {
      return WAIT;
    }
    this.#phase = "plan";
    return null;
  }

  /**
   * The plan, with its tables locked. After a wait it is asked for again: meanwhile another
   * transaction may have committed a definition, and then the plan is made anew.
   */
  #planAndLock(): Wait | null {
    const statement = demand(this.#statement);
    const plan = this.#planFor(statement);
    if (plan === WAIT) {
      return WAIT;
    }
    for (const { table, mode } of plan.tableLocks) {
      if (!this.#database.locks.take(table.lock, this.#transaction.owner, mode)) {
        return WAIT;
      }
    }
    this.#plan = plan;
    this.#phase = "snapshot";
    return null;
  }

  #planFor(statement: ParsedStatement): StatementPlan | Wait {
    try {
      return this.#database.planFor(statement, this.#transaction);
    } catch (error) {
      if (error === waitSignal) {
        return WAIT;
      }
      throw error;
    }
  }

  #execute(): Wait | null {
    const plan = demand(this.#plan);
    const parameters = bind(plan, this.#given);
    if (this.#block.readOnly) {
      refuseToWrite(demand(this.#statement), plan);
    }
    const snapshot = this.#block.takeSnapshot(this.#transaction);
    if (snapshot === WAIT) {
      return WAIT;
    }
    this.#execution = this.#executionWith(snapshot, parameters);
    this.#phase = "run";
    return this.#session.pauses() ? WAIT : null;
  }

  #runPlan(): Wait | null {
    const plan = demand(this.#plan);
    this.#planRun ??= plan.start(demand(this.#execution));
    const outcome = this.#planRun.step();
    if (outcome === WAIT) {
      return WAIT;
    }
    this.#planRun = null;
    this.#result = resultOf(plan, outcome);
    this.#phase = "checks";
    return null;
  }

  #runOwnChecks(): Wait | null {
    const execution = demand(this.#execution);
    if (this.#runChecks(execution, execution.checks) === WAIT) {
      return WAIT;
    }
    this.#execution = null;
    this.#block.endStatement();
    return this.#endStatement();
  }

  #runChecks(execution: StatementExecution, checks: readonly ForeignKeyCheck[]): Wait | null {
    if (checks.length > 0) {
      if (!this.#checksBegun) {
        this.#checks.start(execution, checks);
        this.#checksBegun = true;
      }
      if (this.#checks.step() === WAIT) {
        return WAIT;
      }
      this.#checksBegun = false;
    }
    this.#block.command = execution.lastCommand + 1;
    return null;
  }

  // Checks that were deferred; what they do may ask for more of them.
  #runDeferred(): Wait | null {
    const { transaction } = this.#block;
    if (transaction === null || transaction.deferred.length === 0) {
      return null;
    }
    this.#checker ??= this.#executionWith(this.#block.currentSnapshot(transaction), NO_VALUES);
    if (this.#runChecks(this.#checker, transaction.deferred) === WAIT) {
      return WAIT;
    }
    this.#checker = null;
    transaction.deferred.length = 0;
    return null;
  }

  /** After a statement that is no COMMIT and the like; the last of an implicit block commits it. */
  #endStatement(): null {
    this.#session.stopStatementTimer();
    if (this.#block.implicit && this.#at + 1 === this.#statements?.length) {
      this.#beginCommit();
      return null;
    }
    return this.#next(demand(this.#result));
  }

  #beginCommit(): void {
    // Whatever goes wrong from here on, no block is left to be ended by ROLLBACK.
    this.#block.implicit = true;
    this.#phase = "commit";
  }

  #pauseToCommit(): Wait | null {
    this.#phase = "flush";
    return this.#block.transaction?.wrote === true && this.#session.pauses() ? WAIT : null;
  }

  #commit(): Wait | null {
    if (this.#block.commit() === WAIT) {
      return WAIT;
    }
    return this.#result === null ? this.#endControl("COMMIT") : this.#next(this.#result);
  }
  #next(result: ResultReply): null {
    if (this.#last !== null) {
      this.#earlier ??= [];
      this.#earlier.push(this.#last);
    }
    this.#last = result;
    this.#result = null;
    this.#at += 1;
    this.#phase = "statement";
    return null;
  }

  #executionWith(snapshot: Snapshot, parameters: RowValues): StatementExecution {
    this.#executor.start(snapshot, parameters);
    return this.#executor;
  }

  /** The transaction of the statement in hand. */
  get #transaction(): OpenTransaction {
    return demand(this.#block.transaction);
  }
}

const NO_PARAMETERS: readonly Parameter[] = [];
const NO_VALUES: RowValues = [];

/** @throws PostgresError (42601) */
function statementsOf(sql: string, parameters: readonly Parameter[]): readonly ParsedStatement[] {
  const statements = parseStatements(sql);
  if (parameters.length > 0 && statements.length > 1) {
    const message = "cannot insert multiple commands into a prepared statement";
    throw new PostgresError("42601", message);
  }
  return statements;
}

/** What a phase needs, and the phase before it has made. */
function demand<Thing>(thing: Thing | null): Thing {
  if (thing === null) {
    throw new Error("a query went on in a phase that nothing led to");
  }
  return thing;
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
  return parameterTypes.map((type, at) => readParameter(type, parameters[at] ?? null));
}
