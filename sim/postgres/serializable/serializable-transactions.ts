import type { SerializableTracker } from "../rows/serializable-tracker.ts";
import type { RowVersion, StoredRow } from "../storage/table.ts";
import type { Transaction } from "../storage/transaction.ts";
import { demandCommittable, flagConflict, readWriteDependency } from "./conflict-rules.ts";
import { SerializableTransaction } from "./serializable-transaction.ts";

/**
 * Serializable Snapshot Isolation, by the rules of predicate.c: notes who has not seen what another
 * wrote, and ends one of the transactions where that could be no serial order.
 */
export class SerializableTransactions {
  readonly #all = new Set<SerializableTransaction>();
  readonly #byTop = new WeakMap<Transaction, SerializableTransaction>();
  /** LastSxactCommitSeqNo. */
  #sequence = 1;

  /**
   * GetSerializableTransactionSnapshot: null where the snapshot is safe, so that nothing of the
   * transaction has to be tracked.
   */
  begin(top: Transaction, snapshot: number, readOnly: boolean): SerializableTransaction | null {
    const writers = [...this.#all].filter(
      (one) => !one.isCommitted && !one.doomed && !one.readOnly,
    );
    if (readOnly && writers.length === 0) {
      return null;
    }
    const lastCommitBeforeSnapshot = this.#sequence;
    const own = new SerializableTransaction({ snapshot, readOnly, lastCommitBeforeSnapshot });
    for (const writer of readOnly ? writers : []) {
      own.possibleUnsafe.add(writer);
      writer.possibleUnsafe.add(own);
    }
    this.#all.add(own);
    this.#byTop.set(top, own);
    return own;
  }

  /** What is told of the transaction's reads and writes. */
  trackerFor(top: Transaction, own: SerializableTransaction): SerializableTracker {
    return {
      tableRead: (table) => {
        if (isTracked(own)) {
          own.reads.addTable(table);
        }
      },
      rangeRead: (index, prefix) => {
        if (isTracked(own)) {
          own.reads.addRange(index, prefix);
        }
      },
      rowRead: (row, visible) => this.#readRow(top, own, row, visible),
      inserts: (table) => this.#write(own, (other) => other.reads.hasTable(table)),
      changes: (version) => this.#write(own, (other) => other.reads.hasVersion(version)),
      addsKey: (index, key) => this.#write(own, (other) => other.reads.hasKey(index, key)),
    };
  }

  /** @throws PostgresError (40001) where the transaction may not commit */
  prepare(top: Transaction): void {
    const own = this.#byTop.get(top);
    if (own === undefined) {
      return;
    }
    demandCommittable(own);
    this.#sequence += 1;
    own.prepareSequence = this.#sequence;
    own.status = "prepared";
  }

  /** ReleasePredicateLocks. */
  end(top: Transaction, committed: boolean): void {
    const own = this.#byTop.get(top);
    if (own === undefined) {
      return;
    }
    if (committed) {
      this.#commit(own);
    } else {
      this.#byTop.delete(top);
      own.status = "rolled back";
      own.doomed = true;
      own.clearConflicts();
      this.#all.delete(own);
    }
    this.#decideSafety(own, committed);
    this.#clearOld();
  }

  /** A snapshot that turned out to be safe: nothing of the transaction has to be tracked. */
  forget(top: Transaction): void {
    const own = this.#byTop.get(top);
    if (own !== undefined) {
      this.#byTop.delete(top);
      own.clearConflicts();
      own.clearPossibleUnsafe();
      this.#all.delete(own);
    }
  }

  #commit(own: SerializableTransaction): void {
    this.#sequence += 1;
    own.status = "committed";
    own.commitSequence = this.#sequence;
    own.readOnly ||= !own.wrote;
    for (const writer of own.outConflicts) {
      if (!own.readOnly && writer.isCommitted) {
        own.earliestOutConflictCommit = own.hasConflictOut
          ? Math.min(own.earliestOutConflictCommit, writer.prepareSequence)
          : writer.prepareSequence;
        own.hasConflictOut = true;
      }
      if (writer.isCommitted || writer.lastCommitBeforeSnapshot >= this.#sequence) {
        own.outConflicts.delete(writer);
        writer.inConflicts.delete(own);
      }
    }
    for (const reader of own.inConflicts) {
      if (reader.isCommitted || reader.readOnly) {
        own.inConflicts.delete(reader);
        reader.outConflicts.delete(own);
      }
    }
  }

  /** The read-only transactions beside this writer learn whether their snapshots are safe. */
  #decideSafety(own: SerializableTransaction, committed: boolean): void {
    if (own.declaredReadOnly) {
      own.clearPossibleUnsafe();
      return;
    }
    for (const reader of own.possibleUnsafe) {
      const conflicted =
        committed &&
        own.wrote &&
        own.hasConflictOut &&
        own.earliestOutConflictCommit <= reader.lastCommitBeforeSnapshot;
      if (conflicted) {
        reader.roUnsafe = true;
        reader.clearPossibleUnsafe();
      } else {
        reader.possibleUnsafe.delete(own);
        reader.roSafe = reader.possibleUnsafe.size === 0;
      }
      if (reader.roUnsafe || reader.roSafe) {
        reader.onDecided?.();
      }
    }
    own.possibleUnsafe.clear();
  }

  #readRow(
    top: Transaction,
    own: SerializableTransaction,
    row: StoredRow,
    visible: RowVersion | null,
  ): void {
    if (!isTracked(own)) {
      return;
    }
    if (visible !== null && visible.createdBy.top !== top) {
      own.reads.addVersion(visible);
    }
    for (let version = row.oldest; version !== null; version = version.newer) {
      const writer = version === visible ? version.liveEnder : version.createdBy;
      if (writer !== null && writer.status !== "aborted" && writer.top !== top) {
        this.#readBefore(own, writer.top);
      }
    }
  }

  /** CheckForSerializableConflictOut. */
  #readBefore(own: SerializableTransaction, top: Transaction): void {
    if (own.doomed) {
      throw readWriteDependency("identification as a pivot, during conflict out checking");
    }
    const writer = this.#byTop.get(top);
    if (writer === undefined || !this.#all.has(writer)) {
      return;
    }
    if (
      own.readOnly &&
      writer.isCommitted &&
      (!writer.hasConflictOut || own.lastCommitBeforeSnapshot < writer.earliestOutConflictCommit)
    ) {
      return;
    }
    const isSeen = top.status === "committed" && top.commitNumber <= own.snapshot;
    if (!isSeen && !own.outConflicts.has(writer)) {
      flagConflict(own, writer, own);
    }
  }

  /** CheckForSerializableConflictIn. */
  #write(own: SerializableTransaction, isRead: (other: SerializableTransaction) => boolean): void {
    if (own.doomed) {
      throw readWriteDependency("identification as a pivot, during conflict in checking");
    }
    own.wrote = true;
    for (const other of this.#all) {
      if (other === own || other.doomed || own.inConflicts.has(other)) {
        continue;
      }
      const isOver = other.isCommitted && other.commitSequence <= own.lastCommitBeforeSnapshot;
      if (!isOver && isRead(other)) {
        flagConflict(other, own, own);
      }
    }
  }

  /** ClearOldPredicateLocks: what nobody who still runs can conflict with. */
  #clearOld(): void {
    let oldest = Infinity;
    let writers = 0;
    for (const one of this.#all) {
      if (!one.isCommitted) {
        oldest = Math.min(oldest, one.lastCommitBeforeSnapshot);
        writers += one.declaredReadOnly ? 0 : 1;
      }
    }
    for (const one of this.#all) {
      if (!one.isCommitted) {
        continue;
      }
      if (one.commitSequence <= oldest) {
        one.clearConflicts();
        this.#all.delete(one);
      } else if (writers === 0) {
        one.reads.clear();
        one.clearInConflicts();
      }
    }
  }
}

/** A snapshot that has turned out to be safe needs no tracking any more. */
function isTracked(own: SerializableTransaction): boolean {
  if (own.roSafe) {
    own.reads.clear();
  }
  return !own.roSafe;
}
