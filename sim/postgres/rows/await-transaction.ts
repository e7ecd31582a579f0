import { EXCLUSIVE, Lock, SHARE_LOCK } from "../locks/lock.ts";
import type { Transaction } from "../storage/transaction.ts";
import type { Execution } from "./execution.ts";

/**
 * XactLockTableWait: true when the other transaction has ended, or is the session's own. Otherwise
 * the session stands in line for its end: give `WAIT`, and look at everything anew when asked
 * again, for only a sub-transaction's release may have been waited for.
 */
export function hasEnded(execution: Execution, other: Transaction): boolean {
  if (other.status !== "active" || other.top === execution.top) {
    return true;
  }
  const awaited = other.released ? other.top : other;
  const { owner, locks } = execution;
  awaited.lock ??= standInFor(awaited);
  return locks.take(awaited.lock, owner, SHARE_LOCK, "moment");
}

function standInFor(transaction: Transaction): Lock {
  const { id, owner } = transaction;
  const lock = new Lock(`transaction ${id}`);
  lock.granted.push({ owner, lock, mode: EXCLUSIVE, inTransaction: true, sessionCount: 0 });
  return lock;
}
