import type { LockOwner } from "../locks/lock.ts";
import type { NotedChange } from "./commit.ts";
import type { StoredRow } from "./table.ts";
import { Transaction } from "./transaction.ts";

/** A transaction with what its end has to see to. */
export class OpenTransaction extends Transaction {
  /** Rows with a version to clear away once nobody can see it. */
  readonly touched: StoredRow[] = [];
  /** For the observer of commits, in the order in which they were made. */
  readonly changes: NotedChange[] = [];
  /** Of the session that began it. */
  readonly applicationName: string;

  constructor(id: number, owner: LockOwner, applicationName: string) {
    super(id, owner);
    this.applicationName = applicationName;
  }
}
