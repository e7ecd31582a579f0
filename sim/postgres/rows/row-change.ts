import { serializationFailure } from "../ground/postgres-error.ts";
import { WAIT, type Wait } from "../ground/wait.ts";
import type { Lock } from "../locks/lock.ts";
import { FOR_UPDATE, NO_KEY_UPDATE, type RowLockMode, type RowValues } from "../storage/row.ts";
import { type RowLocker, RowVersion, type Table } from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";
import { hasEnded } from "./await-transaction.ts";
import { checkRow } from "./check-row.ts";
import type { Executing } from "./execution.ts";
import { withGenerated } from "./generated-columns.ts";
import { IndexEntries } from "./index-entries.ts";
import { queueForeignKeyChecks } from "./queue-foreign-key-checks.ts";
import { countMembers, findRival, LINE_MODE, ownStrength, stateOf } from "./row-conflict.ts";
import { RowLocking, type RowLockRequest } from "./row-locking.ts";

/** What an UPDATE or DELETE does with a row. */
export interface Modification {
  /**
   * The new values, or null to delete. Asked for anew when the row turns out to have a newer
   * version.
   */
  compute(version: RowVersion): RowValues | null;
  /** EvalPlanQual: whether the newest version still meets the statement's conditions. */
  stillMeets(newest: RowVersion): boolean;
}

type Phase = "begin" | "compute" | "modify" | "index" | "lock newest";
type ModifyState = "ok" | "invisible" | "self-modified" | "updated" | "deleted";

/**
 * ExecUpdate and ExecDelete of nodeModifyTable.c: changes a row that the statement found. Where
 * another transaction is at it, this waits; where another has changed it, READ COMMITTED goes on
 * with the newest version if that still meets the conditions, and every other level ends with
 * 40001. `start`, then `step` as long as it gives `WAIT`. One object serves row after row.
 */
export class RowChange {
  /** The version that was changed, once `step` has said `changed`. */
  before: RowVersion | null = null;
  /** The version that replaced it; null when the row was deleted. */
  after: RowVersion | null = null;
  readonly #statement: Executing;
  readonly #locking: RowLocking;
  readonly #entries: IndexEntries;
  /** Null for the statement's own. */
  #otherSnapshot: Snapshot | null = null;
  #modification: Modification | null = null;
  #phase: Phase = "begin";
  #version: RowVersion | null = null;
  #values: RowValues | null = null;
  #mode: RowLockMode = FOR_UPDATE;
  #line: Lock | null = null;

  constructor(statement: Executing) {
    this.#statement = statement;
    this.#locking = new RowLocking(statement);
    this.#entries = new IndexEntries(statement);
  }

  /** Forgets the last row and begins with another; `snapshot` is the one that saw it, null for the
   * statement's own. */
  start(found: RowVersion, modification: Modification, snapshot: Snapshot | null = null): void {
    this.#version = found;
    this.#modification = modification;
    this.#otherSnapshot = snapshot;
    this.#phase = "begin";
    this.#line = null;
    this.before = null;
    this.after = null;
  }

  /**
   * `passed over` says that the row is gone, or no longer meets the conditions, or was changed by
   * this very statement.
   *
   * @throws PostgresError (40001, and what constraints say)
   */
  step(): "changed" | "passed over" | Wait {
    const { isolation } = this.#statement.execution;
    for (;;) {
      const version = this.#version;
      const modification = this.#modification;
      if (version === null || modification === null) {
        throw new Error("a row change was stepped before it was started");
      }
      switch (this.#phase) {
        case "begin":
          this.#phase = "compute";
          if (this.#statement.execution.pauses()) {
            return WAIT;
          }
          break;
        case "compute":
          this.#values = modification.compute(version);
          if (this.#values !== null) {
            this.#values = withGenerated(version.row.table, this.#values);
            checkRow(version.row.table, this.#values);
          }
          this.#mode = strengthOf(version.row.table, version.values, this.#values);
          this.#phase = "modify";
          break;
        case "modify": {
          const state = this.#awaitModifiable(version);
          if (state === WAIT) {
            return WAIT;
          }
          if (state === "self-modified") {
            return "passed over";
          }
          if (state === "ok") {
            if (this.#values !== null) {
              this.#statement.execution.demandSpace();
            }
            this.#statement.execution.tracker?.changes(version);
            this.#replace(version);
            this.#phase = "index";
            break;
          }
          if (state === "invisible") {
            throw new Error("a row version to be modified is invisible");
          }
          if (isolation !== "read committed") {
            throw serializationFailure(state === "deleted" ? "delete" : "update");
          }
          if (state === "deleted") {
            return "passed over";
          }
          this.#locking.start(
            version,
            this.#values === null ? LOCK_TO_DELETE : LOCK_TO_UPDATE,
            this.#snapshot,
          );
          this.#phase = "lock newest";
          break;
        }
        case "lock newest": {
          const newest = this.#locking.step();
          if (newest === WAIT) {
            return WAIT;
          }
          if (typeof newest === "string" || !modification.stillMeets(newest)) {
            return "passed over";
          }
          this.#version = newest;
          this.#phase = "compute";
          break;
        }
        case "index":
          return this.after !== null && this.#entries.step() === WAIT ? WAIT : "changed";
      }
    }
  }

  /** The entry of heap_update and heap_delete. */
  #awaitModifiable(version: RowVersion): ModifyState | Wait {
    const { top, locks, owner } = this.#statement.execution;
    const lineMode = LINE_MODE[this.#mode];
    for (;;) {
      let state = stateOf(version, this.#snapshot);
      if (state === "being-modified") {
        const rival = findRival(version, top, this.#mode);
        if (rival !== null) {
          if (
            this.#line === null &&
            !(ownStrength(version, top) >= 0 && countMembers(version) > 1)
          ) {
            // An error while the place is held ends the transaction, and that gives it back.
            this.#line = this.#statement.execution.rowVersionLock(version);
            if (!this.#statement.execution.takeLock(this.#line, lineMode)) {
              return WAIT;
            }
          }
          if (!hasEnded(this.#statement.execution, rival)) {
            return WAIT;
          }
          continue;
        }
        state = version.liveEnder === null ? "ok" : version.next === null ? "deleted" : "updated";
      }
      if (this.#line !== null) {
        locks.release(this.#line, owner, lineMode);
        this.#line = null;
      }
      return state;
    }
  }

  #replace(version: RowVersion): void {
    const { transaction } = this.#statement.execution;
    const { row } = version;
    const values = this.#values;
    endVersion(version, transaction, this.#snapshot.command, this.#mode);
    this.#statement.execution.noteChange(row, row.table, version.values, values);
    this.before = version;
    if (values !== null) {
      const next = new RowVersion(row, values, transaction, this.#snapshot.command);
      next.lockers = version.lockers === null ? null : [...version.lockers];
      version.next = next;
      row.add(next);
      this.after = next;
      this.#entries.start(next, version);
    }
    queueForeignKeyChecks(this.#statement.execution, row.table, version, this.after);
  }

  get #snapshot(): Snapshot {
    return this.#otherSnapshot ?? this.#statement.execution.snapshot;
  }
}

const NOBODY: readonly RowLocker[] = [];
const LOCK_TO_DELETE: RowLockRequest = { mode: FOR_UPDATE, policy: "wait", follow: true };
const LOCK_TO_UPDATE: RowLockRequest = { mode: NO_KEY_UPDATE, policy: "wait", follow: true };

/** An UPDATE that leaves every key column alone lets foreign-key checks pass beside it. */
function strengthOf(table: Table, before: RowValues, after: RowValues | null): RowLockMode {
  if (after === null) {
    return FOR_UPDATE;
  }
  for (const column of table.keyColumns) {
    const type = table.columns[column]?.type;
    if (type?.isSame(before[column] ?? null, after[column] ?? null) !== true) {
      return FOR_UPDATE;
    }
  }
  return NO_KEY_UPDATE;
}

/**
 * compute_new_xmax_infomask: a stronger row lock that the same (sub-)transaction took earlier makes
 * the change as strong as itself. That of an outer transaction stays beside it, for it outlives the
 * change when a savepoint is rolled back to.
 */
function endVersion(
  version: RowVersion,
  transaction: RowVersion["createdBy"],
  command: number,
  mode: RowLockMode,
): void {
  let strength = mode;
  let others: RowLocker[] | null = null;
  for (const locker of version.lockers ?? NOBODY) {
    if (locker.transaction.status !== "active") {
      continue;
    }
    if (locker.transaction !== transaction) {
      others ??= [];
      others.push(locker);
    } else if (locker.mode > strength) {
      strength = locker.mode;
    }
  }
  version.endedBy = transaction;
  version.endedAtCommand = command;
  version.endedMode = strength;
  version.next = null;
  version.lockers = others;
}
