import { PostgresError } from "../ground/postgres-error.ts";
import type { Steps } from "../locks/lock-manager.ts";
import {
  ACCESS_EXCLUSIVE,
  ACCESS_SHARE,
  EXCLUSIVE,
  Lock,
  type LockMode,
  ROW_SHARE,
  SHARE_LOCK,
} from "../locks/lock.ts";
import { KEY_SHARE, NO_KEY_UPDATE, FOR_UPDATE, type RowLockMode, SHARE } from "../storage/row.ts";
import type { RowLocker, RowVersion } from "../storage/table.ts";
import type { Transaction } from "../storage/transaction.ts";
import type { Execution } from "./execution.ts";

/** What to do when a row is locked by another: wait, leave the row out, or report 55P03. */
export type WaitPolicy = "wait" | "skip locked" | "nowait";

/**
 * How an attempt on a row ended; `version` is the one locked, the newest when the chain was
 * followed.
 */
export type RowLockOutcome =
  | { readonly kind: "ok"; readonly version: RowVersion }
  | { readonly kind: "invisible" | "self-modified" | "updated" | "deleted" | "would-block" };

type VersionState = RowLockOutcome["kind"] | "being-modified";

/**
 * Row locks stand in line with these table-level modes, so that the line's order is that of
 * stronger and weaker.
 */
const LINE_MODE: Readonly<Record<RowLockMode, LockMode>> = {
  [KEY_SHARE]: ACCESS_SHARE,
  [SHARE]: ROW_SHARE,
  [NO_KEY_UPDATE]: EXCLUSIVE,
  [FOR_UPDATE]: ACCESS_EXCLUSIVE,
};

/**
 * Per mode, the bits of the modes it conflicts with (heapam.c, tupleLockExtraInfo and its table).
 */
const ROW_CONFLICTS: Readonly<Record<RowLockMode, number>> = {
  [KEY_SHARE]: 0b1000,
  [SHARE]: 0b1100,
  [NO_KEY_UPDATE]: 0b1110,
  [FOR_UPDATE]: 0b1111,
};

/**
 * table_tuple_lock: locks a row that the statement's snapshot saw. With `follow` (READ COMMITTED)
 * it goes along the chain to the newest version, waiting for whoever is changing it; the caller
 * re-checks its quals.
 */
export function* lockRow(
  execution: Execution,
  seen: RowVersion,
  mode: RowLockMode,
  policy: WaitPolicy,
  follow: boolean,
): Steps<RowLockOutcome> {
  let version = seen;
  for (;;) {
    const outcome = yield* lockVersion(execution, version, mode, policy);
    if (outcome.kind !== "updated" || !follow) {
      return outcome;
    }
    const newest = yield* findNewest(execution, version, policy);
    if (newest.kind !== "ok") {
      return newest;
    }
    version = newest.version;
  }
}

/**
 * `lockRow` where that takes no look at others: nobody is at the row, or it is locked as strongly
 * already.
 */
export function lockRowAtOnce(
  execution: Execution,
  version: RowVersion,
  mode: RowLockMode,
): boolean {
  const state = stateOf(execution, version);
  if (state === "ok") {
    addLocker(version, execution.transaction, mode);
    return true;
  }
  if (state !== "being-modified" || version.lockers === null) {
    return false;
  }
  for (const locker of version.lockers) {
    if (locker.transaction === execution.transaction && locker.mode >= mode) {
      return true;
    }
  }
  return false;
}

/** What `awaitModifiable` would find without waiting; null when it would have to wait. */
export function stateToModify(
  execution: Execution,
  version: RowVersion,
  mode: RowLockMode,
): RowLockOutcome["kind"] | null {
  const state = stateOf(execution, version);
  if (state !== "being-modified") {
    return state;
  }
  if (findRival(execution, version, mode) !== null) {
    return null;
  }
  if (version.liveEnder === null) {
    return "ok";
  }
  return version.next === null ? "deleted" : "updated";
}

/**
 * The entry of heap_update and heap_delete: waits until the version may be changed by this
 * transaction. `updated` and `deleted` say that another transaction got there first and has
 * committed.
 */
export function* awaitModifiable(
  execution: Execution,
  version: RowVersion,
  mode: RowLockMode,
): Steps<RowLockOutcome["kind"]> {
  const line = new LinePlace(execution, version, mode);
  try {
    for (;;) {
      const state = stateToModify(execution, version, mode);
      if (state !== null) {
        return state;
      }
      const rival = findRival(execution, version, mode);
      if (rival === null) {
        continue;
      }
      const alreadyIn = countMembers(version) > 1 && isMember(execution, version);
      if (!line.taken && !alreadyIn) {
        yield* line.take();
        if (findRival(execution, version, mode) !== rival) {
          continue;
        }
      }
      yield* awaitTransaction(execution, rival);
    }
  } finally {
    line.leave();
  }
}

/** Waits for a transaction to end, one way or the other. */
export function* awaitTransaction(execution: Execution, other: Transaction): Steps<void> {
  if (other.status !== "active" || other === execution.transaction) {
    return;
  }
  if (other.lock === null) {
    other.lock = new Lock(`transaction ${other.id}`);
    execution.locks.tryAcquire(other.lock, other.owner, EXCLUSIVE);
  }
  const { lock } = other;
  yield* execution.locks.acquire(lock, execution.owner, SHARE_LOCK);
  execution.locks.release(lock, execution.owner, SHARE_LOCK);
}

/** The place in line for one row version, left at the end of the attempt whatever happens. */
class LinePlace {
  taken = false;
  readonly #execution: Execution;
  readonly #version: RowVersion;
  readonly #mode: LockMode;
  #lock: Lock | null = null;

  constructor(execution: Execution, version: RowVersion, mode: RowLockMode) {
    this.#execution = execution;
    this.#version = version;
    this.#mode = LINE_MODE[mode];
  }

  *take(): Steps<void> {
    const { locks, owner } = this.#execution;
    this.#lock = this.#execution.rowVersionLock(this.#version);
    yield* locks.acquire(this.#lock, owner, this.#mode);
    this.taken = true;
  }

  leave(): void {
    if (!this.taken || this.#lock === null) {
      return;
    }
    this.taken = false;
    this.#execution.locks.release(this.#lock, this.#execution.owner, this.#mode);
  }
}

/** heap_lock_tuple. */
function* lockVersion(
  execution: Execution,
  version: RowVersion,
  mode: RowLockMode,
  policy: WaitPolicy,
): Steps<RowLockOutcome> {
  const locked: RowLockOutcome = { kind: "ok", version };
  if (stateOf(execution, version) === "ok") {
    addLocker(version, execution.transaction, mode);
    return locked;
  }
  const line = new LinePlace(execution, version, mode);
  let first = true;
  let skipLine = false;
  try {
    for (;;) {
      const state = stateOf(execution, version);
      if (state === "invisible" || state === "self-modified") {
        return { kind: state };
      }
      if (state === "ok") {
        addLocker(version, execution.transaction, mode);
        return locked;
      }
      if (first) {
        first = false;
        for (const member of membersOf(version)) {
          if (member.transaction !== execution.transaction) {
            continue;
          }
          if (member.mode >= mode) {
            return locked;
          }
          skipLine = countMembers(version) > 1;
        }
      }
      if (!needsToWait(execution, version, mode)) {
        const ender = version.liveEnder;
        const chain = yield* lockChain(execution, version, mode);
        if (chain !== "ok") {
          return { kind: chain };
        }
        if (version.liveEnder !== ender) {
          continue;
        }
        addLocker(version, execution.transaction, mode);
        return locked;
      }
      if (state === "updated" || state === "deleted") {
        return { kind: state };
      }
      const rival = findRival(execution, version, mode);
      if (rival === null) {
        if (version.liveEnder?.status === "committed") {
          return { kind: version.next === null ? "deleted" : "updated" };
        }
        const chain = yield* lockChain(execution, version, mode);
        if (chain !== "ok") {
          return { kind: chain };
        }
        addLocker(version, execution.transaction, mode);
        return locked;
      }
      if (policy !== "wait") {
        return refuseToWait(version, policy);
      }
      if (!skipLine && !line.taken) {
        yield* line.take();
        if (findRival(execution, version, mode) !== rival) {
          continue;
        }
      }
      yield* awaitTransaction(execution, rival);
    }
  } finally {
    line.leave();
  }
}

/**
 * Which of the holders of a version stand in the way, mode by mode, as heap_lock_tuple sorts it
 * out.
 */
function needsToWait(execution: Execution, version: RowVersion, mode: RowLockMode): boolean {
  const ender = version.liveEnder;
  if (ender === null && countMembers(version) === 1 && isMember(execution, version)) {
    return false;
  }
  if (mode === KEY_SHARE) {
    if (ender !== null && version.endedMode === FOR_UPDATE) {
      return true;
    }
    return (version.lockers ?? []).some(
      (locker) =>
        locker.transaction.status === "active" &&
        locker.transaction !== execution.transaction &&
        locker.mode === FOR_UPDATE,
    );
  }
  if (mode === SHARE) {
    if (ender !== null) {
      return true;
    }
    return membersOf(version).some((member) => member.mode >= NO_KEY_UPDATE);
  }
  if (mode === NO_KEY_UPDATE) {
    if (ender !== null && ender.status !== "active") {
      return true;
    }
    return findRival(execution, version, mode) !== null;
  }
  return true;
}

function refuseToWait(version: RowVersion, policy: "skip locked" | "nowait"): RowLockOutcome {
  if (policy === "skip locked") {
    return { kind: "would-block" };
  }
  const relation = version.row.table.name;
  throw new PostgresError("55P03", `could not obtain lock on row in relation "${relation}"`);
}

/**
 * heap_lock_updated_tuple: a lock on a version that is being replaced also counts for what replaces
 * it.
 */
function* lockChain(
  execution: Execution,
  from: RowVersion,
  mode: RowLockMode,
): Steps<"ok" | "updated" | "deleted"> {
  let creator = from.liveEnder;
  let version = creator === null ? null : from.next;
  while (version !== null) {
    if (version.createdBy !== creator || version.createdBy.status === "aborted") {
      return "ok";
    }
    const rival = chainRival(execution, version, mode);
    if (rival === "updated" || rival === "deleted") {
      return rival;
    }
    if (rival === "mine") {
      // This transaction's own lock or change on the version is strong enough.
    } else if (rival === null) {
      addLocker(version, execution.transaction, mode);
    } else {
      yield* awaitTransaction(execution, rival);
      continue;
    }
    creator = version.liveEnder;
    version = creator === null ? null : version.next;
  }
  return "ok";
}

function chainRival(
  execution: Execution,
  version: RowVersion,
  mode: RowLockMode,
): Transaction | "mine" | "updated" | "deleted" | null {
  let mine = false;
  for (const locker of version.lockers ?? []) {
    if (locker.transaction.status !== "active") {
      continue;
    }
    if (locker.transaction === execution.transaction) {
      mine ||= locker.mode >= mode;
    } else if (conflicts(mode, locker.mode)) {
      return locker.transaction;
    }
  }
  const ender = version.liveEnder;
  if (ender === execution.transaction) {
    return "mine";
  }
  if (ender !== null && conflicts(mode, version.endedMode)) {
    if (ender.status === "active") {
      return ender;
    }
    return version.next === null ? "deleted" : "updated";
  }
  return mine ? "mine" : null;
}

/**
 * heapam_tuple_lock: walks from a replaced version to the newest one, waiting for a change in
 * progress.
 */
function* findNewest(
  execution: Execution,
  from: RowVersion,
  policy: WaitPolicy,
): Steps<RowLockOutcome> {
  const { transaction, snapshot } = execution;
  let creator = from.liveEnder;
  let version = from.next;
  for (;;) {
    if (version === null || version.createdBy !== creator) {
      return { kind: "deleted" };
    }
    if (version.createdBy.status === "aborted") {
      return { kind: "deleted" };
    }
    const ender = version.liveEnder;
    if (ender === null) {
      const justMade =
        version.createdBy === transaction && version.createdAtCommand >= snapshot.command;
      return justMade ? { kind: "self-modified" } : { kind: "ok", version };
    }
    if (ender === transaction) {
      if (version.endedAtCommand >= snapshot.command) {
        return { kind: "self-modified" };
      }
    } else if (ender.status === "active") {
      if (policy !== "wait") {
        return refuseToWait(version, policy);
      }
      yield* awaitTransaction(execution, ender);
      continue;
    }
    if (version.next === null) {
      return { kind: "deleted" };
    }
    creator = ender;
    version = version.next;
  }
}

/** HeapTupleSatisfiesUpdate. */
function stateOf(execution: Execution, version: RowVersion): VersionState {
  const { transaction, snapshot } = execution;
  const creator = version.createdBy;
  if (creator.status === "aborted") {
    return "invisible";
  }
  if (creator.status === "active") {
    if (creator !== transaction || version.createdAtCommand >= snapshot.command) {
      return "invisible";
    }
  }
  if (version.lockers !== null) {
    version.lockers = activeLockers(version.lockers);
  }
  const ender = version.liveEnder;
  if (ender === null) {
    return version.lockers === null ? "ok" : "being-modified";
  }
  if (ender === transaction) {
    return version.endedAtCommand >= snapshot.command ? "self-modified" : "invisible";
  }
  // Beside a committed change an open transaction may hold a key share lock: a multixact that is
  // still running.
  if (ender.status === "active" || version.lockers !== null) {
    return "being-modified";
  }
  return version.next === null ? "deleted" : "updated";
}

function addLocker(version: RowVersion, transaction: Transaction, mode: RowLockMode): void {
  const lockers = version.lockers ?? [];
  if (lockers.some((one) => one.transaction === transaction && one.mode >= mode)) {
    return;
  }
  version.lockers = [...(activeLockers(lockers) ?? []), { transaction, mode }];
}

function activeLockers(lockers: readonly RowLocker[]): RowLocker[] | null {
  const active = lockers.filter((locker) => locker.transaction.status === "active");
  return active.length === 0 ? null : active;
}

/** Everyone who is in the version now: those who locked it and the one who is changing it. */
function membersOf(version: RowVersion): RowLocker[] {
  const members = activeLockers(version.lockers ?? []) ?? [];
  const ender = version.liveEnder;
  if (ender?.status === "active") {
    members.push({ transaction: ender, mode: version.endedMode });
  }
  return members;
}

function countMembers(version: RowVersion): number {
  return membersOf(version).length;
}

function isMember(execution: Execution, version: RowVersion): boolean {
  return membersOf(version).some((one) => one.transaction === execution.transaction);
}

function findRival(
  execution: Execution,
  version: RowVersion,
  mode: RowLockMode,
): Transaction | null {
  for (const member of membersOf(version)) {
    const { transaction } = member;
    if (transaction !== execution.transaction && conflicts(mode, member.mode)) {
      return transaction;
    }
  }
  return null;
}

function conflicts(left: RowLockMode, right: RowLockMode): boolean {
  return ((ROW_CONFLICTS[left] >> right) & 1) === 1;
}
