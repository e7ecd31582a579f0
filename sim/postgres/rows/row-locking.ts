import { PostgresError } from "../ground/postgres-error.ts";
import { WAIT, type Wait } from "../ground/wait.ts";
import type { Lock } from "../locks/lock.ts";
import { FOR_UPDATE, KEY_SHARE, NO_KEY_UPDATE, type RowLockMode, SHARE } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";
import type { Snapshot, Transaction } from "../storage/transaction.ts";
import { hasEnded } from "./await-transaction.ts";
import type { Executing } from "./execution.ts";
import { LockPropagation } from "./lock-propagation.ts";
import {
  addLocker,
  countMembers,
  findRival,
  isHeldAtLeast,
  LINE_MODE,
  ownStrength,
  stateOf,
} from "./row-conflict.ts";

/** What to do when a row is locked by another: wait, leave the row out, or report 55P03. */
export type WaitPolicy = "wait" | "skip locked" | "nowait";

/** Why a row was not locked. */
export type RowLockFailure = "invisible" | "self-modified" | "updated" | "deleted" | "would-block";

/** How a row is to be locked. */
export interface RowLockRequest {
  readonly mode: RowLockMode;
  readonly policy: WaitPolicy;
  /**
   * Go along the chain to the newest version, waiting for whoever is changing it, as READ COMMITTED
   * does; the caller looks at its conditions again.
   */
  readonly follow: boolean;
}

/**
 * table_tuple_lock: locks a row that a snapshot saw. `start`, then `step` as long as it gives
 * `WAIT`; it ends with the version that is locked, or why none is. One object serves row after row.
 */
export class RowLocking {
  readonly #statement: Executing;
  readonly #propagation: LockPropagation;
  /** Null for the statement's own. */
  #otherSnapshot: Snapshot | null = null;
  #request: RowLockRequest = { mode: FOR_UPDATE, policy: "wait", follow: false };
  /** The version to be locked; null while the newest one is sought. */
  #version: RowVersion | null = null;
  /** Of the search for the newest: what is looked at next, and who should have made it. */
  #next: RowVersion | null = null;
  #creator: Transaction | null = null;
  #paused = false;
  #first = true;
  #skipsLine = false;
  #line: Lock | null = null;
  #propagates = false;
  #enderBefore: Transaction | null = null;

  constructor(statement: Executing) {
    this.#statement = statement;
    this.#propagation = new LockPropagation(statement);
  }

  /** Forgets the last row and begins with another; `snapshot` is the one that saw it, null for the
   * statement's own. */
  start(seen: RowVersion, request: RowLockRequest, snapshot: Snapshot | null = null): void {
    this.#request = request;
    this.#otherSnapshot = snapshot;
    this.#paused = false;
    this.#enter(seen);
  }

  /** @throws PostgresError (55P03) when the row is locked and the request says NOWAIT */
  step(): RowVersion | RowLockFailure | Wait {
    if (!this.#paused) {
      this.#paused = true;
      if (this.#statement.execution.pauses()) {
        return WAIT;
      }
    }
    for (;;) {
      const version = this.#version;
      if (version === null) {
        const newest = this.#seekNewest();
        if (typeof newest !== "object") {
          return newest;
        }
        this.#enter(newest);
        continue;
      }
      const outcome = this.#lock(version);
      if (outcome === WAIT) {
        return WAIT;
      }
      this.#leaveLine();
      if (outcome === "ok") {
        return version;
      }
      if (outcome !== "updated" || !this.#request.follow) {
        return outcome;
      }
      this.#version = null;
      this.#creator = version.liveEnder;
      this.#next = version.next;
    }
  }

  #enter(version: RowVersion): void {
    this.#version = version;
    this.#first = true;
    this.#skipsLine = false;
    this.#line = null;
    this.#propagates = false;
  }

  /** heap_lock_tuple. */
  #lock(version: RowVersion): "ok" | RowLockFailure | Wait {
    const { mode, policy } = this.#request;
    const { top, transaction } = this.#statement.execution;
    for (;;) {
      if (this.#propagates) {
        const chain = this.#propagation.step();
        if (chain !== "ok") {
          return chain;
        }
        this.#propagates = false;
        if (version.liveEnder !== this.#enderBefore) {
          continue;
        }
        addLocker(version, transaction, mode);
        return "ok";
      }
      const state = stateOf(version, this.#snapshot);
      if (state === "ok") {
        addLocker(version, transaction, mode);
        return "ok";
      }
      if (state === "invisible" || state === "self-modified") {
        return state;
      }
      if (this.#first) {
        this.#first = false;
        const strength = ownStrength(version, top);
        if (strength >= mode) {
          return "ok";
        }
        this.#skipsLine = strength >= 0 && countMembers(version) > 1;
      }
      if (!needsToWait(version, top, mode)) {
        this.#propagate(version);
        continue;
      }
      if (state !== "being-modified") {
        return state;
      }
      const rival = findRival(version, top, mode);
      if (rival === null) {
        if (version.liveEnder?.status === "committed") {
          return version.next === null ? "deleted" : "updated";
        }
        this.#propagate(version);
        continue;
      }
      if (policy !== "wait") {
        return refuseToWait(version, policy);
      }
      if (!this.#skipsLine && !this.#takeLine(version)) {
        return WAIT;
      }
      if (!hasEnded(this.#statement.execution, rival)) {
        return WAIT;
      }
    }
  }

  #propagate(version: RowVersion): void {
    this.#propagates = true;
    this.#enderBefore = version.liveEnder;
    this.#propagation.start(version, this.#request.mode);
  }

  // An error while the place is held ends the transaction, and that gives it back.
  #takeLine(version: RowVersion): boolean {
    if (this.#line !== null) {
      return true;
    }
    this.#line = this.#statement.execution.rowVersionLock(version);
    return this.#statement.execution.takeLock(this.#line, LINE_MODE[this.#request.mode]);
  }

  #leaveLine(): void {
    if (this.#line !== null) {
      const { locks, owner } = this.#statement.execution;
      locks.release(this.#line, owner, LINE_MODE[this.#request.mode]);
      this.#line = null;
    }
  }

  /**
   * heapam_tuple_lock: walks from a replaced version to the newest one, waiting for a change in
   * progress.
   */
  #seekNewest(): RowVersion | RowLockFailure | Wait {
    const { command } = this.#snapshot;
    const { top } = this.#statement.execution;
    for (;;) {
      const version = this.#next;
      if (
        version === null ||
        version.createdBy !== this.#creator ||
        version.createdBy.status === "aborted"
      ) {
        return "deleted";
      }
      const ender = version.liveEnder;
      if (ender === null) {
        const justMade = version.createdBy.top === top && version.createdAtCommand >= command;
        return justMade ? "self-modified" : version;
      }
      if (ender.top === top) {
        if (version.endedAtCommand >= command) {
          return "self-modified";
        }
      } else if (ender.status === "active") {
        const { policy } = this.#request;
        if (policy !== "wait") {
          return refuseToWait(version, policy);
        }
        if (!hasEnded(this.#statement.execution, ender)) {
          return WAIT;
        }
        continue;
      }
      this.#creator = ender;
      this.#next = version.next;
    }
  }

  get #snapshot(): Snapshot {
    return this.#otherSnapshot ?? this.#statement.execution.snapshot;
  }
}

/**
 * Which of the holders of a version stand in the way, mode by mode, as heap_lock_tuple sorts it
 * out.
 */
function needsToWait(version: RowVersion, top: Transaction, mode: RowLockMode): boolean {
  const ender = version.liveEnder;
  if (ender === null && ownStrength(version, top) >= 0 && countMembers(version) === 1) {
    return false;
  }
  switch (mode) {
    case KEY_SHARE:
      return (
        (ender !== null && version.endedMode === FOR_UPDATE) ||
        findRival(version, top, KEY_SHARE) !== null
      );
    case SHARE:
      return ender !== null || isHeldAtLeast(version, NO_KEY_UPDATE);
    case NO_KEY_UPDATE:
      return (
        (ender !== null && ender.status !== "active") || findRival(version, top, mode) !== null
      );
    case FOR_UPDATE:
      return true;
  }
}

function refuseToWait(version: RowVersion, policy: "skip locked" | "nowait"): "would-block" {
  if (policy === "skip locked") {
    return "would-block";
  }
  const relation = version.row.table.name;
  throw new PostgresError("55P03", `could not obtain lock on row in relation "${relation}"`);
}
