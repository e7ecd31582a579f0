import { PostgresError } from "../ground/postgres-error.ts";
import { WAIT, type Wait } from "../ground/wait.ts";
import type { LockOwner } from "../locks/lock.ts";
import type { SerializableTracker } from "../rows/serializable-tracker.ts";
import type { Isolation, TransactionModes } from "../rows/transaction-modes.ts";
import type { SerializableTransaction } from "../serializable/serializable-transaction.ts";
import type { OpenTransaction, SubTransactionMark } from "../storage/open-transaction.ts";
import type { Snapshot } from "../storage/transaction.ts";
import type { SessionState, StateMark } from "./session-state.ts";
import type { SharedDatabase } from "./shared-database.ts";

interface Savepoint {
  readonly name: string;
  readonly mark: SubTransactionMark;
  readonly state: StateMark;
}

/** What the block of a session needs of it. */
export interface BlockOwner extends LockOwner {
  readonly applicationName: string;
  readonly state: SessionState;
  /** When the query in hand came. */
  readonly startedUs: number;
  /** Lets the session's query go on. */
  goOn(): void;
}

/**
 * The transaction of a session, from BEGIN (or the first statement) to its end, with its
 * savepoints: the states of xact.c. After an error only the innermost sub-transaction is gone, and
 * the block is `aborted`: it waits for ROLLBACK, or for ROLLBACK TO a savepoint.
 */
export class TransactionBlock {
  state: "idle" | "open" | "aborted" = "idle";
  /** True while the transaction was begun by a statement and not by BEGIN. */
  implicit = false;
  isolation: Isolation = "read committed";
  readOnly = false;
  deferrable = false;
  /** Null when there is none, or nothing is left of it but to be ended. */
  transaction: OpenTransaction | null = null;
  /** The number of the command that runs, for what its own transaction sees. */
  command = 0;
  readonly #owner: BlockOwner;
  readonly #database: SharedDatabase;
  /** Above REPEATABLE READ, from the first statement on. */
  #transactionSnapshot: number | null = null;
  #snapshotXmin = 0;
  #hasQueried = false;
  /** Of a SERIALIZABLE transaction, from its first statement on, unless its snapshot is safe. */
  tracker: SerializableTracker | null = null;
  /** A SERIALIZABLE transaction has its snapshot, and its tracker if it needs one. */
  #isTracked = false;
  #awaitedSafety: SerializableTransaction | null = null;
  #statementSnapshot: number | null = null;
  #savepoints: Savepoint[] = [];
  /** Nothing is in the way of the commit any more but the disk. */
  #isPrepared = false;
  /** The commit is on its way to the disk, and nothing can end it any more. */
  flushing = false;

  constructor(owner: BlockOwner, database: SharedDatabase) {
    this.#owner = owner;
    this.#database = database;
  }

  /** The commit number that the oldest snapshot in use looks from, or null. */
  get oldestSnapshot(): number | null {
    return this.#transactionSnapshot ?? this.#statementSnapshot;
  }

  /** The modes of the transaction, for the one that AND CHAIN begins. */
  get modes(): TransactionModes {
    const { isolation, readOnly, deferrable } = this;
    return { isolation, readOnly, deferrable };
  }

  begin(modes: TransactionModes, implicit: boolean): OpenTransaction {
    const { settings } = this.#owner.state;
    this.state = "open";
    this.implicit = implicit;
    this.isolation = modes.isolation ?? isolationOf(settings.show("default_transaction_isolation"));
    this.readOnly = modes.readOnly ?? settings.show("default_transaction_read_only") === "on";
    this.deferrable = modes.deferrable ?? settings.show("default_transaction_deferrable") === "on";
    this.command = 0;
    this.#hasQueried = false;
    this.transaction = this.#database.begin(this.#owner, this.#owner);
    return this.transaction;
  }

  /** SET TRANSACTION. @throws PostgresError (25001) once a query has run */
  change({ isolation, readOnly, deferrable }: TransactionModes): void {
    if (isolation !== undefined && isolation !== this.isolation) {
      this.#demandUnqueried("SET TRANSACTION ISOLATION LEVEL");
      this.isolation = isolation;
    }
    if (readOnly === false && this.readOnly) {
      if (this.#hasQueried) {
        const message = "transaction read-write mode must be set before any query";
        throw new PostgresError("25001", message);
      }
    }
    this.readOnly = readOnly ?? this.readOnly;
    if (deferrable !== undefined) {
      this.#demandUnqueried("SET TRANSACTION [NOT] DEFERRABLE");
      this.deferrable = deferrable;
    }
  }

  /** The oldest transaction that was still open when the snapshot in use was taken. */
  get snapshotXmin(): number {
    return this.#snapshotXmin;
  }

  /** What is committed by now, for a statement that fixes nothing. */
  currentSnapshot({ top }: OpenTransaction): Snapshot {
    const commitNumber = this.#transactionSnapshot ?? this.#database.commitNumber;
    return { commitNumber, transaction: top, command: this.command };
  }

  /**
   * What a statement that begins now sees. A SERIALIZABLE READ ONLY DEFERRABLE transaction may have
   * to wait for a snapshot that is safe: ask again.
   */
  takeSnapshot(open: OpenTransaction): Snapshot | Wait {
    const { top } = open;
    this.#hasQueried = true;
    if (this.isolation === "serializable" && !this.#isTracked && !this.#beginTracking(open)) {
      return WAIT;
    }
    let { commitNumber } = this.#database;
    if (this.isolation === "read committed" || this.#transactionSnapshot === null) {
      this.#snapshotXmin = this.#database.oldestOpen;
    }
    if (this.isolation !== "read committed") {
      this.#transactionSnapshot ??= commitNumber;
      commitNumber = this.#transactionSnapshot;
    }
    this.#statementSnapshot = commitNumber;
    return { commitNumber, transaction: top, command: this.command };
  }

  /** The statement's snapshot is not used any more. */
  endStatement(): void {
    this.#statementSnapshot = null;
  }

  /** @throws PostgresError (25P01) where no BEGIN has begun a block */
  demandBlock(command: string): void {
    if (this.state === "idle" || this.implicit) {
      throw new PostgresError("25P01", `${command} can only be used in transaction blocks`);
    }
  }

  /** @throws PostgresError (25P01) outside a block */
  savepoint(name: string): void {
    this.demandBlock("SAVEPOINT");
    if (this.transaction !== null) {
      this.#push(name, this.transaction);
    }
  }

  /** @throws PostgresError (25P01, 3B001) */
  release(name: string): void {
    this.demandBlock("RELEASE SAVEPOINT");
    const { transaction, mark } = this.#takeSavepoint(name);
    this.#database.releaseSub(transaction, mark);
  }

  /** @throws PostgresError (25P01, 3B001) */
  rollBackTo(name: string): void {
    this.demandBlock("ROLLBACK TO SAVEPOINT");
    const { transaction, mark, state } = this.#takeSavepoint(name);
    this.#database.abortSub(transaction, mark);
    this.#owner.state.undoTo(state);
    this.state = "open";
    this.#push(name, transaction);
  }

  /**
   * Ends the transaction with all its work kept, phase by phase: durable, visible, locks released.
   * An error before it is durable ends it with nothing kept. To be asked again after a wait.
   */
  commit(): Wait | null {
    const { transaction } = this;
    if (transaction === null) {
      this.#leave();
      return null;
    }
    if (!this.#isPrepared) {
      this.#database.serializable.prepare(transaction.top);
      this.#isPrepared = true;
      if (transaction.wrote) {
        this.flushing = !this.#database.host.flush(() => this.#becomeDurable());
      }
    }
    if (this.flushing) {
      return WAIT;
    }
    this.#finish(transaction);
    return null;
  }

  /** Ends the transaction with nothing of it kept. */
  rollBack(): void {
    const { transaction } = this;
    this.#leave();
    this.#owner.state.undoTo(NOTHING_CHANGED);
    if (transaction !== null) {
      this.#database.abort(transaction);
    }
  }

  /**
   * After an error: the innermost sub-transaction's work and locks are gone at once. A block waits
   * for its ROLLBACK, or for ROLLBACK TO.
   */
  fail(): void {
    const { transaction } = this;
    if (transaction === null) {
      return;
    }
    const last = this.#savepoints.at(-1);
    if (this.implicit) {
      this.rollBack();
    } else if (last === undefined) {
      this.rollBack();
      this.state = "aborted";
    } else {
      this.#database.abortSub(transaction, last.mark);
      this.#owner.state.undoTo(last.state);
      this.state = "aborted";
    }
    this.#statementSnapshot = null;
  }

  /**
   * The server is gone in the middle of whatever the session did. A commit that was on its way to
   * the disk has arrived there or not, as the host chooses.
   */
  crash(): void {
    const { transaction } = this;
    if (this.flushing && transaction !== null && this.#database.host.choose(2) === 1) {
      this.#finish(transaction);
    } else {
      this.rollBack();
    }
  }

  #becomeDurable(): void {
    this.flushing = false;
    this.#owner.goOn();
  }

  #finish(transaction: OpenTransaction): void {
    this.#leave();
    this.#database.commit(transaction);
    this.#owner.state.commit();
  }

  /** Takes the newest savepoint of the name away, and all that came after it. */
  #takeSavepoint(name: string) {
    const { transaction } = this;
    const at = this.#savepoints.findLastIndex((one) => one.name === name);
    const [taken] = at < 0 ? [] : this.#savepoints.splice(at);
    if (taken === undefined || transaction === null) {
      throw new PostgresError("3B001", `savepoint "${name}" does not exist`);
    }
    return { transaction, mark: taken.mark, state: taken.state };
  }

  /** GetSerializableTransactionSnapshot and GetSafeSnapshot. */
  #beginTracking({ top }: OpenTransaction): boolean {
    const { serializable } = this.#database;
    for (;;) {
      const awaited = this.#awaitedSafety;
      if (awaited !== null) {
        if (!awaited.roSafe && !awaited.roUnsafe) {
          return false;
        }
        serializable.forget(top);
        this.#awaitedSafety = null;
        if (awaited.roSafe) {
          break;
        }
      }
      const { commitNumber } = this.#database;
      this.#transactionSnapshot = commitNumber;
      const own = serializable.begin(top, commitNumber, this.readOnly);
      if (own === null) {
        break;
      }
      if (!this.readOnly || !this.deferrable) {
        this.tracker = serializable.trackerFor(top, own);
        break;
      }
      own.onDecided = () => this.#database.host.wake(() => this.#owner.goOn());
      this.#awaitedSafety = own;
    }
    this.#isTracked = true;
    return true;
  }

  #push(name: string, transaction: OpenTransaction): void {
    const mark = this.#database.beginSub(transaction);
    this.#savepoints.push({ name, mark, state: this.#owner.state.mark });
  }

  #demandUnqueried(command: string): void {
    if (this.#hasQueried) {
      throw new PostgresError("25001", `${command} must be called before any query`);
    }
    if (this.#savepoints.length > 0) {
      throw new PostgresError("25001", `${command} must not be called in a subtransaction`);
    }
  }

  #leave(): void {
    this.state = "idle";
    this.implicit = false;
    this.isolation = "read committed";
    this.readOnly = false;
    this.deferrable = false;
    this.tracker = null;
    this.#isTracked = false;
    this.#awaitedSafety = null;
    this.transaction = null;
    this.#transactionSnapshot = null;
    this.#statementSnapshot = null;
    this.#savepoints = [];
    this.#isPrepared = false;
    this.flushing = false;
  }
}

const NOTHING_CHANGED: StateMark = { settings: 0, notifications: [0, 0] };

/** READ UNCOMMITTED is READ COMMITTED. */
function isolationOf(name: string): Isolation {
  return name === "repeatable read" || name === "serializable" ? name : "read committed";
}
