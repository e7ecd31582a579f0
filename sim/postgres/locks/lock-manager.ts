import type { PostgresHost } from "../ground/host.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { describeCycle, resolveDeadlock } from "./deadlock.ts";
import {
  conflictsWith,
  heldBits,
  isBlockedByGrants,
  type Lock,
  type LockMode,
  type LockOwner,
  type LockWait,
  modeBit,
} from "./lock.ts";

/**
 * A step-wise computation that may have to wait for a lock: it yields the wait and is resumed after
 * it.
 */
export type Steps<Result> = Generator<LockWait, Result, void>;

/** Postgres's default deadlock_timeout. */
const DEADLOCK_TIMEOUT_MS = 1000;

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

  /** Takes the lock, waiting as long as it must; throws 40P01 when waiting would never end. */
  *acquire(lock: Lock, owner: LockOwner, mode: LockMode): Steps<void> {
    if (this.tryAcquire(lock, owner, mode)) {
      return;
    }
    const wait = this.#enqueue(lock, owner, mode);
    yield wait;
    if (wait.error !== null) {
      throw wait.error;
    }
  }

  /** Takes the lock if that needs no waiting; waiters that are in line before count as holders. */
  tryAcquire(lock: Lock, owner: LockOwner, mode: LockMode): boolean {
    for (const grant of lock.granted) {
      if (grant.owner === owner && grant.mode === mode) {
        grant.count += 1;
        return true;
      }
    }
    if (this.#mustQueue(lock, owner, mode)) {
      return false;
    }
    grantLock(lock, owner, mode);
    return true;
  }

  /** Gives one taking of the lock back. */
  release(lock: Lock, owner: LockOwner, mode: LockMode): void {
    const at = lock.granted.findIndex((grant) => grant.owner === owner && grant.mode === mode);
    const grant = lock.granted[at];
    if (grant === undefined) {
      return;
    }
    grant.count -= 1;
    if (grant.count > 0) {
      return;
    }
    lock.granted.splice(at, 1);
    if (heldBits(lock, owner) === 0) {
      owner.held.delete(lock);
    }
    this.#grantWaiters(lock);
    this.#resumeWoken();
  }

  /**
   * Gives everything back at the end of a transaction; which of the waiters runs first is the
   * host's choice.
   */
  releaseAll(owner: LockOwner): void {
    const locks = [...owner.held];
    owner.held.clear();
    for (const lock of locks) {
      for (let at = lock.granted.length - 1; at >= 0; at -= 1) {
        if (lock.granted[at]?.owner !== owner) {
          continue;
        }
        if (at === lock.granted.length - 1) {
          lock.granted.pop();
        } else {
          lock.granted.splice(at, 1);
        }
      }
      this.#grantWaiters(lock);
    }
    this.#resumeWoken();
  }

  /** Ends a wait with an error, which the waiting statement will throw. */
  fail(wait: LockWait, error: PostgresError): void {
    this.abandon(wait);
    wait.error = error;
    this.#resume(wait.owner);
  }

  /** Takes a waiter out of its queue without resuming it: its session is gone. */
  abandon(wait: LockWait): void {
    endWait(wait);
    wait.lock.queue = wait.lock.queue.filter((other) => other !== wait);
    this.#grantWaiters(wait.lock);
    this.#resumeWoken();
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

  #enqueue(lock: Lock, owner: LockOwner, mode: LockMode): LockWait {
    const wait: LockWait = { owner, lock, mode, cancelTimers: [], error: null };
    const before = firstBlockedByHolder(lock, owner);
    const rival = lock.queue[before];
    if (rival !== undefined && conflictsWith(mode, heldBits(lock, rival.owner))) {
      throw new PostgresError("40P01", "deadlock detected", DEADLOCK_HINT);
    }
    lock.queue.splice(before < 0 ? lock.queue.length : before, 0, wait);
    owner.waiting = wait;
    const check = () => this.#checkForDeadlock(wait);
    wait.cancelTimers.push(this.#host.setTimer(DEADLOCK_TIMEOUT_MS, check));
    return wait;
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
      grantLock(lock, owner, mode);
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

const NOBODY: readonly LockWait[] = [];
const DEADLOCK_HINT = { hint: "See server log for query details." };

function firstBlockedByHolder(lock: Lock, owner: LockOwner): number {
  const held = heldBits(lock, owner);
  return held === 0 ? -1 : lock.queue.findIndex((wait) => conflictsWith(wait.mode, held));
}

function grantLock(lock: Lock, owner: LockOwner, mode: LockMode): void {
  lock.granted.push({ owner, mode, count: 1 });
  owner.held.add(lock);
}

function endWait(wait: LockWait): void {
  wait.owner.waiting = null;
  for (const cancel of wait.cancelTimers) {
    cancel();
  }
}
