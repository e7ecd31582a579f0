import type { PostgresError } from "../ground/postgres-error.ts";

/** Postgres's table-level lock modes, weakest first; every other kind of lock borrows them. */
export type LockMode = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
export const ACCESS_SHARE = 1;
export const ROW_SHARE = 2;
export const ROW_EXCLUSIVE = 3;
export const SHARE_UPDATE_EXCLUSIVE = 4;
export const SHARE_LOCK = 5;
export const SHARE_ROW_EXCLUSIVE = 6;
export const EXCLUSIVE = 7;
export const ACCESS_EXCLUSIVE = 8;

/** The modes' names, as error details word them. */
export const LOCK_MODE_NAME: Readonly<Record<LockMode, string>> = {
  1: "AccessShareLock",
  2: "RowShareLock",
  3: "RowExclusiveLock",
  4: "ShareUpdateExclusiveLock",
  5: "ShareLock",
  6: "ShareRowExclusiveLock",
  7: "ExclusiveLock",
  8: "AccessExclusiveLock",
};

/** The conflict table of lock.c: per mode, the bits of the modes that it cannot stand beside. */
const CONFLICTS: Readonly<Record<LockMode, number>> = {
  1: bits(8),
  2: bits(7, 8),
  3: bits(5, 6, 7, 8),
  4: bits(4, 5, 6, 7, 8),
  5: bits(3, 4, 6, 7, 8),
  6: bits(3, 4, 5, 6, 7, 8),
  7: bits(2, 3, 4, 5, 6, 7, 8),
  8: bits(1, 2, 3, 4, 5, 6, 7, 8),
};

/** Whoever holds locks: a session. */
export interface LockOwner {
  readonly processId: number;
  /** What the open transaction holds, in the order of taking: a savepoint marks a length of it. */
  readonly held: Grant[];
  waiting: LockWait | null;
  /** Why the last wait ended without the lock; taken and cleared by the session that goes on. */
  waitError: PostgresError | null;
  /** How long it waits before it looks for a cycle. */
  readonly deadlockTimeoutMs: number;
  /** How long it waits at all; 0 for as long as it takes. */
  readonly lockTimeoutMs: number;
}

/**
 * A mode that an owner holds on a lock: for its transaction, for its session so many times over, or
 * for both.
 */
export interface Grant {
  readonly owner: LockOwner;
  readonly lock: Lock;
  readonly mode: LockMode;
  inTransaction: boolean;
  sessionCount: number;
}

/**
 * How long a lock is kept once it is granted: to the end of the transaction, to its release by the
 * session, or not at all, for the wait is all that was wanted.
 */
export type LockScope = "transaction" | "session" | "moment";

/** A place in a lock's queue. */
export interface LockWait {
  readonly owner: LockOwner;
  readonly lock: Lock;
  readonly mode: LockMode;
  readonly scope: LockScope;
  readonly cancelTimers: (() => void)[];
}

/** Something that can be locked: a table, a transaction, a row version, an advisory key. */
export class Lock {
  readonly granted: Grant[] = [];
  queue: LockWait[] = [];
  /** What it is, as the detail of a deadlock report words it. */
  readonly description: string;
  readonly onFree: (() => void) | null;

  constructor(description: string, onFree: (() => void) | null = null) {
    this.description = description;
    this.onFree = onFree;
  }
}

/** True when a mode conflicts with one of the modes in `heldBits`. */
export function conflictsWith(mode: LockMode, heldBits: number): boolean {
  return (CONFLICTS[mode] & heldBits) !== 0;
}

/** The bit that stands for a mode. */
export function modeBit(mode: LockMode): number {
  return 1 << mode;
}

/** True when another owner's grant stands in the way of the mode. */
export function isBlockedByGrants(lock: Lock, owner: LockOwner, mode: LockMode): boolean {
  for (const grant of lock.granted) {
    if (grant.owner !== owner && conflictsWith(mode, modeBit(grant.mode))) {
      return true;
    }
  }
  return false;
}

/** The bits of the modes that the owner holds on the lock. */
export function heldBits(lock: Lock, owner: LockOwner): number {
  let held = 0;
  for (const grant of lock.granted) {
    if (grant.owner === owner) {
      held |= modeBit(grant.mode);
    }
  }
  return held;
}

function bits(...modes: readonly LockMode[]): number {
  return modes.reduce((all, mode) => all | (1 << mode), 0);
}
