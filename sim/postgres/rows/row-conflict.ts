import {
  ACCESS_EXCLUSIVE,
  ACCESS_SHARE,
  EXCLUSIVE,
  type LockMode,
  ROW_SHARE,
} from "../locks/lock.ts";
import { FOR_UPDATE, KEY_SHARE, NO_KEY_UPDATE, type RowLockMode, SHARE } from "../storage/row.ts";
import type { RowLocker, RowVersion } from "../storage/table.ts";
import type { Snapshot, Transaction } from "../storage/transaction.ts";

/** What stands in the way of a lock or a change; `being-modified` may pass, the others stay. */
export type VersionState =
  | "ok"
  | "invisible"
  | "self-modified"
  | "updated"
  | "deleted"
  | "being-modified";

/**
 * Row locks stand in line with these table-level modes, so that the line's order is that of
 * stronger and weaker.
 */
export const LINE_MODE: Readonly<Record<RowLockMode, LockMode>> = {
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

/** True when the two row locks cannot stand beside each other. */
export function conflicts(left: RowLockMode, right: RowLockMode): boolean {
  return ((ROW_CONFLICTS[left] >> right) & 1) === 1;
}

/**
 * HeapTupleSatisfiesUpdate, for a command of the transaction `snapshot.transaction`. Lockers that
 * have ended are cleared away on the way.
 */
export function stateOf(
  version: RowVersion,
  { transaction: top, command }: Snapshot,
): VersionState {
  const creator = version.createdBy;
  if (creator.status === "aborted") {
    return "invisible";
  }
  if (creator.status === "active" && (creator.top !== top || version.createdAtCommand >= command)) {
    return "invisible";
  }
  if (version.lockers !== null) {
    version.lockers = activeLockers(version.lockers);
  }
  const ender = version.liveEnder;
  if (ender === null) {
    return version.lockers === null ? "ok" : "being-modified";
  }
  if (ender.top === top) {
    return version.endedAtCommand >= command ? "self-modified" : "invisible";
  }
  // Beside a committed change an open transaction may hold a key share lock: a multixact that is
  // still running.
  if (ender.status === "active" || version.lockers !== null) {
    return "being-modified";
  }
  return version.next === null ? "deleted" : "updated";
}

/** The first of those in the version who is not of `top` and conflicts with the mode, or null. */
export function findRival(
  version: RowVersion,
  top: Transaction,
  mode: RowLockMode,
): Transaction | null {
  if (version.lockers !== null) {
    for (const { transaction, mode: held } of version.lockers) {
      if (isActiveElsewhere(transaction, top) && conflicts(mode, held)) {
        return transaction;
      }
    }
  }
  const ender = version.endedBy;
  if (ender !== null && isActiveElsewhere(ender, top) && conflicts(mode, version.endedMode)) {
    return ender;
  }
  return null;
}

/** How many are in the version now: those who locked it and the one who is changing it. */
export function countMembers(version: RowVersion): number {
  let count = version.endedBy?.status === "active" ? 1 : 0;
  for (const { transaction } of version.lockers ?? NOBODY) {
    count += transaction.status === "active" ? 1 : 0;
  }
  return count;
}

/** The strongest mode in which the transaction `top` is in the version, or -1 when it is not. */
export function ownStrength(version: RowVersion, top: Transaction): RowLockMode | -1 {
  let strength: RowLockMode | -1 = -1;
  for (const { transaction, mode } of version.lockers ?? NOBODY) {
    if (transaction.top === top && transaction.status === "active" && mode > strength) {
      strength = mode;
    }
  }
  const ender = version.endedBy;
  if (ender !== null && ender.top === top && ender.status === "active") {
    return version.endedMode > strength ? version.endedMode : strength;
  }
  return strength;
}

/** True when anybody at all is in the version with this mode or a stronger one. */
export function isHeldAtLeast(version: RowVersion, mode: RowLockMode): boolean {
  if (version.endedBy?.status === "active" && version.endedMode >= mode) {
    return true;
  }
  return (version.lockers ?? NOBODY).some(
    (locker) => locker.transaction.status === "active" && locker.mode >= mode,
  );
}

/**
 * Notes the lock in the version, unless the same transaction has it as strongly. A lock of an outer
 * transaction does not count here: it would outlive this one's, not the other way round.
 */
export function addLocker(version: RowVersion, transaction: Transaction, mode: RowLockMode): void {
  const { lockers } = version;
  if (lockers === null) {
    version.lockers = [{ transaction, mode }];
    return;
  }
  for (const locker of lockers) {
    if (locker.transaction === transaction && locker.mode >= mode) {
      return;
    }
  }
  version.lockers = [...(activeLockers(lockers) ?? NOBODY), { transaction, mode }];
}

function activeLockers(lockers: readonly RowLocker[]): readonly RowLocker[] | null {
  let count = 0;
  for (const locker of lockers) {
    count += isActive(locker) ? 1 : 0;
  }
  if (count === lockers.length) {
    return lockers;
  }
  return count === 0 ? null : lockers.filter(isActive);
}

function isActive({ transaction }: RowLocker): boolean {
  return transaction.status === "active";
}

function isActiveElsewhere(transaction: Transaction, top: Transaction): boolean {
  return transaction.status === "active" && transaction.top !== top;
}

const NOBODY: readonly RowLocker[] = [];
