import type { Frame } from "../expressions/frame.ts";
import { serializationFailure } from "../ground/postgres-error.ts";
import { WAIT, waitSignal } from "../ground/wait.ts";
import { RowLocking, type WaitPolicy } from "../rows/row-locking.ts";
import type { RowLockMode } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";
import type { Operator } from "./operator.ts";

/** FOR UPDATE and its kin for one table of the query. */
export interface RowMark {
  readonly source: number;
  mode: RowLockMode;
  policy: WaitPolicy;
}

/**
 * nodeLockRows.c: locks the rows of each marked table that were found together. Where one of them
 * has a newer version, READ COMMITTED looks whether they would still be found (EvalPlanQual) with
 * that version in its place and all other rows as they were.
 */
export class LockRows implements Operator {
  readonly #frame: Frame;
  readonly #child: Operator;
  readonly #marks: readonly RowMark[];
  readonly #locking: RowLocking;
  #markAt = 0;
  #holding = false;
  #started = false;
  #changed = false;

  constructor(frame: Frame, child: Operator, marks: readonly RowMark[]) {
    this.#frame = frame;
    this.#child = child;
    this.#marks = marks;
    this.#locking = new RowLocking(frame);
  }

  open(): void {
    this.#holding = false;
    this.#child.open();
  }

  next(): boolean {
    for (;;) {
      if (!this.#holding) {
        if (!this.#child.next()) {
          return false;
        }
        this.#holding = true;
        this.#started = false;
        this.#changed = false;
        this.#markAt = 0;
      }
      const locked = this.#lockAll();
      const found = locked && (!this.#changed || this.#child.recheck());
      this.#holding = false;
      if (found) {
        return true;
      }
    }
  }

  recheck(): boolean {
    return this.#child.recheck();
  }

  /** False when one of the rows is out: deleted, or skipped. */
  #lockAll(): boolean {
    for (; this.#markAt < this.#marks.length; this.#markAt += 1) {
      const mark = this.#marks[this.#markAt];
      const found = mark === undefined ? null : (this.#frame.versions[mark.source] ?? null);
      // The missing side of an outer join is no row to be locked.
      if (mark === undefined || found === null) {
        continue;
      }
      const version = this.#lock(found, mark);
      if (version === null) {
        return false;
      }
      if (version !== found) {
        this.#changed = true;
        this.#frame.versions[mark.source] = version;
        this.#frame.rows[mark.source] = version.values;
      }
    }
    return true;
  }

  #lock(found: RowVersion, { mode, policy }: RowMark): RowVersion | null {
    const readCommitted = this.#frame.execution.isolation === "read committed";
    if (!this.#started) {
      this.#locking.start(found, { mode, policy, follow: readCommitted });
      this.#started = true;
    }
    const outcome = this.#locking.step();
    if (outcome === WAIT) {
      throw waitSignal;
    }
    this.#started = false;
    switch (outcome) {
      case "updated":
        throw serializationFailure("update");
      case "deleted":
        // nodeLockRows.c calls a deletion an update, too.
        if (!readCommitted) {
          throw serializationFailure("update");
        }
        return null;
      case "would-block":
      case "self-modified":
        return null;
      case "invisible":
        throw new Error("a query tried to lock a row version that it cannot see");
      default:
        return outcome;
    }
  }
}
