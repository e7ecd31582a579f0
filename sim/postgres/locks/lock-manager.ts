import type { PostgresHost } from "../ground/host.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { describeCycle, resolveDeadlock } from "./deadlock.ts";
import {
  conflictsWith,
  type Grant,
  heldBits,
  isBlockedByGrants,
  type Lock,
  type LockMode,
  type LockOwner,
  type LockScope,
  type LockWait,
  modeBit,
} from "./lock.ts";

/**
 * Grants, queues and releases locks by the rules of lock.c and proc.c. Every wait of the engine
 * goes through here, so that one detector sees every cycle.
 */
export class LockManager {
  readonly #host: PostgresHost;
  readonly #resume: (owner: LockOwner) => void;
  #woken: LockOwner[] = [];

  constructor(host: PostgresHost, resume: (owner: LockOwner) => void) {
    this.#host = host;
    this.#resume = resume;
  }

  /**
   * True when the lock was taken at once. Otherwise the owner now stands in its queue: it is
   * resumed with the lock, or with `waitError` set.
   *
   * @throws PostgresError (40P01) when waiting would never end
   */
  take(lock: Lock, owner: LockOwner, mode: LockMode, scope: LockScope = "transaction"): boolean {
    if (findGrant(lock, owner, mode) !== undefined || !this.#mustQueue(lock, owner, mode)) {
      grantLock(lock, owner, mode, scope);
      return true;
    }
    this.#enqueue(lock, owner, mode, scope);
    return false;
  }

  /**
   * Takes the lock if that needs no waiting. Whoever is in line before counts as a holder, even
   * where a holder that waits would go before him (LockAcquireExtended with dontWait).
   */
  tryTake(lock: Lock, owner: LockOwner, mode: LockMode, scope: LockScope = "transaction"): boolean {
    const own = findGrant(lock, owner, mode);
    const queued = lock.queue.reduce((all, wait) => all | modeBit(wait.mode), 0);
    if (
      own === undefined &&
      (conflictsWith(mode, queued) || isBlockedByGrants(lock, owner, mode))
    ) {
      return false;
    }
    grantLock(lock, owner, mode, scope);
    return true;
  }

  /** Gives a lock back that was taken for the transaction, before its end. */
  release(lock: Lock, owner: LockOwner, mode: LockMode): void {
    const grant = findGrant(lock, owner, mode);
    if (grant === undefined || !grant.inTransaction) {
      return;
    }
    removeAt(owner.held, owner.held.lastIndexOf(grant));
    this.#endInTransaction(grant);
    this.#resumeWoken();
  }

  /** Gives one taking by the session back; false when it holds none. */
  releaseSession(lock: Lock, owner: LockOwner, mode: LockMode): boolean {
    const grant = findGrant(lock, owner, mode);
    if (grant === undefined || grant.sessionCount === 0) {
      return false;
    }
    grant.sessionCount -= 1;
    this.#dropIfUnheld(grant);
    this.#resumeWoken();
    return true;
  }

  /**
   * Gives back what the transaction took, from a place in `held` on (a savepoint's, or 0), and the
   * locks that stand for it and its sub-transactions. Which of the waiters runs first is the host's
   * choice.
   */
  releaseFrom(owner: LockOwner, mark: number, standIns: readonly Lock[]): void {
    for (const lock of standIns) {
      lock.granted.length = 0;
      this.#grantWaiters(lock);
    }
    for (let at = mark; at < owner.held.length; at += 1) {
      const grant = owner.held[at];
      if (grant !== undefined) {
        this.#endInTransaction(grant);
      }
    }
    while (owner.held.length > mark) {
      owner.held.pop();
    }
    this.#resumeWoken();
  }

  /** Ends a wait with an error, which the waiting statement will throw. */
  fail(wait: LockWait, error: PostgresError): void {
    this.abandon(wait);
    wait.owner.waitError = error;
    this.#resume(wait.owner);
  }

  /** Takes a waiter out of its queue without resuming it: its session is gone. */
  abandon(wait: LockWait): void {
    endWait(wait);
    wait.lock.queue = wait.lock.queue.filter((other) => other !== wait);
    this.#grantWaiters(wait.lock);
    this.#resumeWoken();
  }

  #endInTransaction(grant: Grant): void {
    grant.inTransaction = false;
    this.#dropIfUnheld(grant);
  }

  #dropIfUnheld(grant: Grant): void {
    const { lock } = grant;
    if (grant.inTransaction || grant.sessionCount > 0) {
      return;
    }
    removeAt(lock.granted, lock.granted.indexOf(grant));
    this.#grantWaiters(lock);
  }

  #mustQueue(lock: Lock, owner: LockOwner, mode: LockMode): boolean {
    if (isBlockedByGrants(lock, owner, mode)) {
      return true;
    }
    if (lock.queue.length === 0) {
      return false;
    }
    const queued = lock.queue.reduce((all, wait) => all | modeBit(wait.mode), 0);
    if (!conflictsWith(mode, queued)) {
      return false;
    }
    // Whoever holds the lock already goes before a waiter that it blocks anyway, unless someone
    // ahead objects.
    const at = firstBlockedByHolder(lock, owner);
    if (at < 0) {
      return true;
    }
    const ahead = lock.queue.slice(0, at).reduce((all, wait) => all | modeBit(wait.mode), 0);
    return conflictsWith(mode, ahead);
  }

  #enqueue(lock: Lock, owner: LockOwner, mode: LockMode, scope: LockScope): void {
    const wait: LockWait = { owner, lock, mode, scope, cancelTimers: [] };
    const before = firstBlockedByHolder(lock, owner);
    const rival = lock.queue[before];
    if (rival !== undefined && conflictsWith(mode, heldBits(lock, rival.owner))) {
      throw new PostgresError("40P01", "deadlock detected", DEADLOCK_HINT);
    }
    lock.queue.splice(before < 0 ? lock.queue.length : before, 0, wait);
    owner.waiting = wait;
    const check = () => this.#checkForDeadlock(wait);
    const { deadlockTimeoutMs, lockTimeoutMs } = owner;
    wait.cancelTimers.push(this.#host.setTimer(deadlockTimeoutMs, check));
    if (lockTimeoutMs > 0) {
      const giveUp = () => this.fail(wait, lockTimeout());
      wait.cancelTimers.push(this.#host.setTimer(lockTimeoutMs, giveUp));
    }
  }

  #checkForDeadlock(wait: LockWait): void {
    if (wait.owner.waiting !== wait) {
      return;
    }
    const outcome = resolveDeadlock(wait.owner);
    if (outcome.kind === "deadlock") {
      const detail = describeCycle(outcome.cycle);
      this.fail(
        wait,
        new PostgresError("40P01", "deadlock detected", { ...DEADLOCK_HINT, detail }),
      );
      return;
    }
    for (const [lock, queue] of outcome.queues) {
      lock.queue = [...queue];
      this.#grantWaiters(lock);
    }
    this.#resumeWoken();
  }

  // ProcLockWakeup: everyone in line whom neither a holder nor an earlier waiter blocks.
  #grantWaiters(lock: Lock): void {
    let ahead = 0;
    for (const wait of lock.queue.length === 0 ? NOBODY : [...lock.queue]) {
      const { owner, mode } = wait;
      if (conflictsWith(mode, ahead) || isBlockedByGrants(lock, owner, mode)) {
        ahead |= modeBit(mode);
        continue;
      }
      lock.queue = lock.queue.filter((other) => other !== wait);
      grantLock(lock, owner, mode, wait.scope);
      endWait(wait);
      this.#woken.push(owner);
    }
    if (lock.granted.length === 0 && lock.queue.length === 0) {
      lock.onFree?.();
    }
  }

  #resumeWoken(): void {
    if (this.#woken.length === 0) {
      return;
    }
    const woken = this.#woken;
    this.#woken = [];
    while (woken.length > 0) {
      const at = woken.length === 1 ? 0 : this.#host.choose(woken.length);
      for (const owner of woken.splice(at, 1)) {
        this.#resume(owner);
      }
    }
  }
}

/** 55P03 of lock_timeout. */
function lockTimeout(): PostgresError {
  return new PostgresError("55P03", "canceling statement due to lock timeout");
}

const NOBODY: readonly LockWait[] = [];
const DEADLOCK_HINT = { hint: "See server log for query details." };

function firstBlockedByHolder(lock: Lock, owner: LockOwner): number {
  const held = heldBits(lock, owner);
  return held === 0 ? -1 : lock.queue.findIndex((wait) => conflictsWith(wait.mode, held));
}

function findGrant(lock: Lock, owner: LockOwner, mode: LockMode): Grant | undefined {
  for (const grant of lock.granted) {
    if (grant.owner === owner && grant.mode === mode) {
      return grant;
    }
  }
  return undefined;
}

function grantLock(lock: Lock, owner: LockOwner, mode: LockMode, scope: LockScope): void {
  if (scope === "moment") {
    return;
  }
  let grant = findGrant(lock, owner, mode);
  if (grant === undefined) {
    grant = { owner, lock, mode, inTransaction: false, sessionCount: 0 };
    lock.granted.push(grant);
  }
  if (scope === "session") {
    grant.sessionCount += 1;
  } else if (!grant.inTransaction) {
    grant.inTransaction = true;
    owner.held.push(grant);
  }
}

/** As `splice` does, which would give the array's memory back that is needed again at once. */
function removeAt(grants: Grant[], at: number): void {
  for (let to = at; to + 1 < grants.length; to += 1) {
    const next = grants[to + 1];
    if (next !== undefined) {
      grants[to] = next;
    }
  }
  grants.pop();
}

function endWait(wait: LockWait): void {
  wait.owner.waiting = null;
  for (const cancel of wait.cancelTimers) {
    cancel();
  }
}
