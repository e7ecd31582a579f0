import type { Lock, LockOwner } from "../locks/lock.ts";

/** A transaction, to which row versions point. Sub-transactions are not simulated yet. */
export class Transaction {
  status: "active" | "committed" | "aborted" = "active";
  /** The place in the order of commits; a snapshot sees what is at or below its own number. */
  commitNumber = 0;
  /**
   * Held exclusively by the owner until the end; whoever waits for the end asks to share it. Made
   * for the first to wait.
   */
  lock: Lock | null = null;
  readonly owner: LockOwner;
  /** Takes this transaction's definitions back, last one first, when it aborts. */
  readonly undefine: (() => void)[] = [];
  /** Makes this transaction's definitions everybody's, first one first, when it commits. */
  readonly publish: (() => void)[] = [];
  readonly id: number;

  constructor(id: number, owner: LockOwner) {
    this.id = id;
    this.owner = owner;
  }
}

/**
 * What a statement sees: all commits up to a number, and its own transaction's earlier commands.
 */
export interface Snapshot {
  readonly commitNumber: number;
  readonly transaction: Transaction;
  /** Versions made by this command or a later one of the own transaction are not seen. */
  readonly command: number;
}
