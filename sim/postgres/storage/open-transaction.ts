import type { Lock, LockOwner } from "../locks/lock.ts";
import type { NotedChange } from "./commit.ts";
import type { ForeignKeyCheck } from "./foreign-key-check.ts";
import type { ForeignKey, StoredRow } from "./table.ts";
import { Transaction } from "./transaction.ts";

/** How far a transaction had come when a sub-transaction of it began. */
export interface SubTransactionMark {
  /** What was the innermost until then. */
  readonly outer: Transaction;
  readonly locks: number;
  readonly subs: number;
  readonly touched: number;
  readonly changes: number;
  readonly undefine: number;
  readonly publish: number;
  readonly deferred: number;
}

/** What a transaction is told of the session that begins it. */
export interface TransactionSession {
  readonly applicationName: string;
  readonly startedUs: number;
}

/** A transaction with its sub-transactions, and with what its end has to see to. */
export class OpenTransaction {
  readonly top: Transaction;
  /** The innermost sub-transaction that is open, or `top`. */
  current: Transaction;
  /** All sub-transactions that have not been rolled back, in the order in which they began. */
  readonly subs: Transaction[] = [];
  /** Rows with a version to clear away once nobody can see it. */
  readonly touched: StoredRow[] = [];
  /** For the observer of commits, in the order in which they were made. */
  readonly changes: NotedChange[] = [];
  /** Takes this transaction's definitions back, last one first, when it aborts. */
  readonly undefine: (() => void)[] = [];
  /** Makes this transaction's definitions everybody's, first one first, when it commits. */
  readonly publish: (() => void)[] = [];
  /** Foreign-key checks that wait for the commit. */
  readonly deferred: ForeignKeyCheck[] = [];
  /** What SET CONSTRAINTS ALL said last; null leaves it to each constraint. */
  defersAll: boolean | null = null;
  /** Of the session that began it. */
  readonly applicationName: string;

  /** When its first statement came, in microseconds since 1970-01-01. */
  readonly startedUs: number;

  constructor(id: number, owner: LockOwner, { applicationName, startedUs }: TransactionSession) {
    this.top = new Transaction(id, owner);
    this.current = this.top;
    this.applicationName = applicationName;
    this.startedUs = startedUs;
  }

  get owner(): LockOwner {
    return this.top.owner;
  }

  /** True when it changed the catalog, so that its plans are nobody else's. */
  get defines(): boolean {
    return this.undefine.length > 0 || this.publish.length > 0;
  }

  /** True when its commit has to be made durable. */
  get wrote(): boolean {
    return this.touched.length > 0 || this.defines;
  }

  /** True where checks of the constraint wait for the commit now. */
  isDeferred({ deferrable, initiallyDeferred }: ForeignKey): boolean {
    return deferrable && (this.defersAll ?? initiallyDeferred);
  }

  /** Begins a sub-transaction inside the innermost one. */
  beginSub(id: number): SubTransactionMark {
    const mark = {
      outer: this.current,
      locks: this.owner.held.length,
      subs: this.subs.length,
      touched: this.touched.length,
      changes: this.changes.length,
      undefine: this.undefine.length,
      publish: this.publish.length,
      deferred: this.deferred.length,
    };
    this.current = new Transaction(id, this.owner, this.top);
    this.subs.push(this.current);
    return mark;
  }

  /**
   * The sub-transactions since the mark become part of the one around them. Whoever waited for one
   * of them is to be let go, to wait for the top.
   *
   * @returns The locks that stood for them.
   */
  releaseSub(mark: SubTransactionMark): readonly Lock[] {
    this.current = mark.outer;
    const locks: Lock[] = [];
    for (const sub of this.subs.slice(mark.subs)) {
      sub.released = true;
      takeStandIn(sub, locks);
    }
    return locks;
  }

  /**
   * The sub-transactions since the mark are aborted, and their definitions taken back. `abandoned`
   * is told of each row that they touched.
   *
   * @returns The locks that stood for them.
   */
  abortSub(mark: SubTransactionMark, abandoned: (row: StoredRow) => void): readonly Lock[] {
    this.current = mark.outer;
    const locks: Lock[] = [];
    for (const sub of this.subs.splice(mark.subs)) {
      sub.status = "aborted";
      takeStandIn(sub, locks);
    }
    this.changes.length = mark.changes;
    this.publish.length = mark.publish;
    this.deferred.length = Math.min(mark.deferred, this.deferred.length);
    for (const undefine of this.undefine.splice(mark.undefine).toReversed()) {
      undefine();
    }
    this.touched.splice(mark.touched).forEach(abandoned);
    return locks;
  }

  /** @returns The locks that stood for it and for its sub-transactions. */
  end(status: "committed" | "aborted", commitNumber: number): readonly Lock[] {
    const locks: Lock[] = [];
    for (const one of [this.top, ...this.subs]) {
      one.commitNumber = commitNumber;
      one.status = status;
      takeStandIn(one, locks);
    }
    return locks;
  }
}

function takeStandIn(transaction: Transaction, locks: Lock[]): void {
  if (transaction.lock !== null) {
    locks.push(transaction.lock);
    transaction.lock = null;
  }
}
