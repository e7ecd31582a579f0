import { WAIT, type Wait } from "../ground/wait.ts";
import type { RowLockMode } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";
import type { Transaction } from "../storage/transaction.ts";
import { hasEnded } from "./await-transaction.ts";
import type { Executing } from "./execution.ts";
import { addLocker, conflicts, findRival, ownStrength } from "./row-conflict.ts";

/**
 * heap_lock_updated_tuple: a lock on a version that is being replaced also counts for what replaces
 * it, so it is noted in every later version.
 */
export class LockPropagation {
  readonly #statement: Executing;
  #mode: RowLockMode = 0;
  /** Who made the version that is looked at next, as its forerunner says. */
  #creator: Transaction | null = null;
  #version: RowVersion | null = null;

  constructor(statement: Executing) {
    this.#statement = statement;
  }

  /** Begins behind the version `from`, which itself is locked by the caller. */
  start(from: RowVersion, mode: RowLockMode): void {
    this.#mode = mode;
    this.#moveBehind(from);
  }

  /** `updated` and `deleted` say that a change that conflicts with the lock has been committed. */
  step(): "ok" | "updated" | "deleted" | Wait {
    const { top, transaction } = this.#statement.execution;
    const mode = this.#mode;
    for (;;) {
      const version = this.#version;
      if (
        version === null ||
        version.createdBy !== this.#creator ||
        version.createdBy.status === "aborted"
      ) {
        return "ok";
      }
      const rival = findRival(version, top, mode);
      if (rival !== null) {
        if (!hasEnded(this.#statement.execution, rival)) {
          return WAIT;
        }
        continue;
      }
      const ender = version.liveEnder;
      if (ender !== null && ender.status !== "active" && conflicts(mode, version.endedMode)) {
        return version.next === null ? "deleted" : "updated";
      }
      if (ender?.top !== top && ownStrength(version, top) < mode) {
        addLocker(version, transaction, mode);
      }
      this.#moveBehind(version);
    }
  }

  #moveBehind(version: RowVersion): void {
    this.#creator = version.liveEnder;
    this.#version = this.#creator === null ? null : version.next;
  }
}
