import { ReadLocks } from "./read-locks.ts";

/**
 * SERIALIZABLEXACT of predicate.c: a serializable transaction, while it runs and as long after its
 * commit as another that ran beside it may still conflict with it. Sequence numbers are those of
 * prepared and finished transactions.
 */
export class SerializableTransaction {
  /** The commit number that its snapshot looks from. */
  readonly snapshot: number;
  /** LastSxactCommitSeqNo when the snapshot was taken. */
  readonly lastCommitBeforeSnapshot: number;
  /** Those that read what this one wrote afterwards. */
  readonly inConflicts = new Set<SerializableTransaction>();
  /** Those that wrote afterwards what this one read. */
  readonly outConflicts = new Set<SerializableTransaction>();
  /**
   * Of a read-only one, the writers that may yet make its snapshot unsafe; of a writer, the
   * read-only ones that it may.
   */
  readonly possibleUnsafe = new Set<SerializableTransaction>();
  readonly reads = new ReadLocks();
  readonly declaredReadOnly: boolean;
  readOnly: boolean;
  wrote = false;
  status: "active" | "prepared" | "committed" | "rolled back" = "active";
  /** Somebody has decided that it has to roll back. */
  doomed = false;
  roSafe = false;
  roUnsafe = false;
  prepareSequence = Infinity;
  commitSequence = Infinity;
  /** It has a conflict out to one that committed before it; the earliest of those. */
  hasConflictOut = false;
  earliestOutConflictCommit = 0;
  /** READ ONLY DEFERRABLE: to be called when it is known whether the snapshot is safe. */
  onDecided: (() => void) | null = null;

  constructor(options: {
    readonly snapshot: number;
    readonly readOnly: boolean;
    readonly lastCommitBeforeSnapshot: number;
  }) {
    this.snapshot = options.snapshot;
    this.declaredReadOnly = options.readOnly;
    this.readOnly = options.readOnly;
    this.lastCommitBeforeSnapshot = options.lastCommitBeforeSnapshot;
  }

  get isCommitted(): boolean {
    return this.status === "committed";
  }

  /** Prepared or committed: from here on nobody can end it. */
  get isPrepared(): boolean {
    return this.status === "prepared" || this.status === "committed";
  }

  /** Forgets every conflict, in and out. */
  clearConflicts(): void {
    this.clearInConflicts();
    for (const other of this.outConflicts) {
      other.inConflicts.delete(this);
    }
    this.outConflicts.clear();
  }

  clearInConflicts(): void {
    for (const other of this.inConflicts) {
      other.outConflicts.delete(this);
    }
    this.inConflicts.clear();
  }

  clearPossibleUnsafe(): void {
    for (const other of this.possibleUnsafe) {
      other.possibleUnsafe.delete(this);
    }
    this.possibleUnsafe.clear();
  }
}

/** `reader` did not see what `writer` wrote. */
export function noteConflict(
  reader: SerializableTransaction,
  writer: SerializableTransaction,
): void {
  reader.outConflicts.add(writer);
  writer.inConflicts.add(reader);
}
