import type { PostgresError } from "../ground/postgres-error.ts";
import { WAIT, type Wait } from "../ground/wait.ts";
import { compareKeys, type IndexKey } from "../storage/ordered-index.ts";
import { indexKeyOf, type RowVersion, type Table, type TableIndex } from "../storage/table.ts";
import type { Transaction } from "../storage/transaction.ts";
import { hasEnded } from "./await-transaction.ts";
import { constraintViolation, describeIndexKey } from "./constraint-violation.ts";
import type { Executing } from "./execution.ts";

/** _bt_check_unique: looks for who has, or is about to have, a key of a unique index. */
export class UniqueSearch {
  readonly #statement: Executing;

  constructor(statement: Executing) {
    this.#statement = statement;
  }

  /**
   * The live version with the key, other than `self`, or null. `WAIT` stands for a transaction that
   * has a say in it: ask again.
   */
  find(index: TableIndex, key: IndexKey, self: RowVersion | null): RowVersion | null | Wait {
    if (key.includes(null)) {
      return null;
    }
    const { top } = this.#statement.execution;
    for (;;) {
      const found = searchKey(index, key, self, top);
      if (found === null) {
        return null;
      }
      const pending = pendingIn(found, top);
      if (pending === null) {
        return found;
      }
      if (!hasEnded(this.#statement.execution, pending)) {
        return WAIT;
      }
    }
  }
}

/** 23505 of an insertion or a change. */
export function duplicateKey(table: Table, index: TableIndex, key: IndexKey): PostgresError {
  const message = `duplicate key value violates unique constraint "${index.name}"`;
  const detail = `${describeIndexKey(table, index, key)} already exists.`;
  return constraintViolation("23505", message, table, { constraint: index.name, detail });
}

/** The first version with the key that is not known to be gone. */
function searchKey(
  index: TableIndex,
  key: IndexKey,
  self: RowVersion | null,
  top: Transaction,
): RowVersion | null {
  for (let entry = index.entries.lookUp(key); entry !== null; entry = entry.next) {
    for (let version = entry.row.oldest; version !== null; version = version.newer) {
      if (version === self || version.createdBy.status === "aborted") {
        continue;
      }
      const ender = version.liveEnder;
      if (ender !== null && (ender.status === "committed" || ender.top === top)) {
        continue;
      }
      const own = indexKeyOf(index, version.values);
      if (own !== undefined && compareKeys(index.entries.types, own, key) === 0) {
        return version;
      }
    }
  }
  return null;
}

/** The other transaction that is inserting or ending the version, or null. */
function pendingIn(version: RowVersion, top: Transaction): Transaction | null {
  const { createdBy: creator, liveEnder: ender } = version;
  if (creator.status === "active" && creator.top !== top) {
    return creator;
  }
  return ender;
}
