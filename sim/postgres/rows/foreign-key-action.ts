import { serializationFailure } from "../ground/postgres-error.ts";
import { WAIT, type Wait } from "../ground/wait.ts";
import { ROW_EXCLUSIVE } from "../locks/lock.ts";
import { type ForeignKeyCheck, isSameKey, valuesAt } from "../storage/foreign-key-check.ts";
import type { RowValues } from "../storage/row.ts";
import { isVisible, type RowVersion } from "../storage/table.ts";
import type { Snapshot } from "../storage/transaction.ts";
import type { Executing } from "./execution.ts";
import { versionsWithKey } from "./key-versions.ts";
import { type Modification, RowChange } from "./row-change.ts";

/** A change of a referenced key, of a foreign key that does something about it. */
type KeyChange = ForeignKeyCheck & { readonly kind: "key" };

/**
 * CASCADE and SET NULL: changes all rows that refer to a key which is gone, as the queries of
 * ri_triggers.c do. `start`, then `step` as long as it gives `WAIT`.
 */
export class ForeignKeyAction {
  readonly #statement: Executing;
  readonly #change: RowChange;
  #check: KeyChange | null = null;
  #phase: "lock" | "search" | "change" = "lock";
  #found: readonly RowVersion[] = [];
  #at = 0;
  #started = false;
  /** Null for the statement's own. */
  #otherSnapshot: Snapshot | null = null;

  constructor(statement: Executing) {
    this.#statement = statement;
    this.#change = new RowChange(statement);
  }

  /** Forgets the last key and begins with another. */
  start(check: KeyChange): void {
    this.#check = check;
    this.#phase = "lock";
  }

  /** @throws PostgresError (40001, and what constraints say) */
  step(): Wait | null {
    const check = this.#check;
    if (check === null) {
      return null;
    }
    const { foreignKey, before } = check;
    const { table, columns, referencedColumns } = foreignKey;
    if (this.#phase === "lock") {
      this.#phase = "search";
      if (!this.#statement.execution.takeLock(table.lock, ROW_EXCLUSIVE)) {
        return WAIT;
      }
    }
    if (this.#phase === "search") {
      this.#otherSnapshot = this.#statement.execution.takeCheckSnapshot("now");
      const key = valuesAt(before, referencedColumns);
      this.#found = versionsWithKey(table, columns, key, this.#snapshot);
      this.#at = 0;
      this.#started = false;
      this.#phase = "change";
    }
    for (; this.#at < this.#found.length; this.#at += 1) {
      const version = this.#found[this.#at];
      if (version !== undefined && this.#changeOne(version, check) === WAIT) {
        return WAIT;
      }
    }
    return null;
  }

  #changeOne(version: RowVersion, check: KeyChange): Wait | null {
    if (!this.#started) {
      this.#demandSeen(version);
      this.#change.start(version, modificationFor(check), this.#snapshot);
      this.#started = true;
    }
    if (this.#change.step() === WAIT) {
      return WAIT;
    }
    this.#started = false;
    return null;
  }

  /** The crosscheck of ri_PerformCheck: the transaction's own snapshot has to see the row, too. */
  #demandSeen(version: RowVersion): void {
    const { isolation, snapshot, top } = this.#statement.execution;
    const own = version.createdBy.top === top;
    if (isolation !== "read committed" && !own && !isVisible(version, snapshot)) {
      throw serializationFailure("update");
    }
  }

  get #snapshot(): Snapshot {
    return this.#otherSnapshot ?? this.#statement.execution.snapshot;
  }
}

function modificationFor({ foreignKey, before, after }: KeyChange): Modification {
  const { columns, referencedColumns, types } = foreignKey;
  const action = after === null ? foreignKey.onDelete : foreignKey.onUpdate;
  return {
    compute({ values }): RowValues | null {
      if (after === null && action === "cascade") {
        return null;
      }
      const changed = [...values];
      columns.forEach((column, at) => {
        changed[column] =
          action === "set null" || after === null
            ? null
            : (after[referencedColumns[at] ?? -1] ?? null);
      });
      return changed;
    },
    stillMeets: ({ values }) => isSameKey(types, values, columns, before, referencedColumns),
  };
}
