import type { Lock, LockOwner } from "../locks/lock.ts";

/**
 * A transaction or, with another `top`, a sub-transaction: what a savepoint begins. Row versions
 * and row locks point to the one that made them. All that belong to one session's transaction have
 * the same `top`: they are "mine" to each other, and only their fates differ.
 */
export class Transaction {
  /** A sub-transaction that was released stays active until `top` ends. */
  status: "active" | "committed" | "aborted" = "active";
  /** The place in the order of commits; a snapshot sees what is at or below its own number. */
  commitNumber = 0;
  /**
   * Stands for it in waits: it counts as held exclusively by the owner until the end (or, of a
   * sub-transaction, its release), and whoever waits for that asks to share it. Made for the first
   * to wait.
   */
  lock: Lock | null = null;
  /** RELEASE SAVEPOINT: from then on it shares the fate of the one around it. */
  released = false;
  readonly owner: LockOwner;
  readonly id: number;
  readonly top: Transaction;

  constructor(id: number, owner: LockOwner, top: Transaction | null = null) {
    this.id = id;
    this.owner = owner;
    this.top = top ?? this;
  }
}

/**
 * What a statement sees: all commits up to a number, and its own transaction's earlier commands.
 * `transaction` is the top one.
 */
export interface Snapshot {
  readonly commitNumber: number;
  readonly transaction: Transaction;
  /** Versions made by this command or a later one of the own transaction are not seen. */
  readonly command: number;
}
