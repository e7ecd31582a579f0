import { PostgresError } from "../ground/postgres-error.ts";
import { noteConflict, type SerializableTransaction } from "./serializable-transaction.ts";

/** 40001 with PostgreSQL's reason code. */
export function readWriteDependency(reason: string): PostgresError {
  return new PostgresError(
    "40001",
    "could not serialize access due to read/write dependencies among transactions",
    {
      detail: `Reason code: Canceled on ${reason}.`,
      hint: "The transaction might succeed if retried.",
    },
  );
}

/**
 * FlagRWConflict: `reader` did not see what `writer` wrote. `own` is the one of them that runs now.
 *
 * @throws PostgresError (40001) when that closes a dangerous structure and `own` has to go
 */
export function flagConflict(
  reader: SerializableTransaction,
  writer: SerializableTransaction,
  own: SerializableTransaction,
): void {
  if (isDangerous(reader, writer)) {
    if (own === writer) {
      throw readWriteDependency("identification as a pivot, during write");
    }
    if (writer.isPrepared) {
      throw readWriteDependency("conflict out to pivot, during read");
    }
    writer.doomed = true;
  }
  noteConflict(reader, writer);
}

/**
 * PreCommit_CheckForSerializationFailure: of a structure T0 -> pivot -> `own` the pivot has to go,
 * as long as that can be done.
 *
 * @throws PostgresError (40001)
 */
export function demandCommittable(own: SerializableTransaction): void {
  if (own.doomed) {
    throw readWriteDependency("identification as a pivot, during commit attempt");
  }
  for (const pivot of own.inConflicts) {
    if (pivot.isCommitted || pivot.doomed) {
      continue;
    }
    for (const far of pivot.inConflicts) {
      if (far !== own && (far.isCommitted || far.readOnly || far.doomed)) {
        continue;
      }
      if (pivot.isPrepared) {
        throw readWriteDependency("commit attempt with conflict in from prepared pivot");
      }
      pivot.doomed = true;
      break;
    }
  }
}

/** OnConflict_CheckForSerializationFailure. */
function isDangerous(reader: SerializableTransaction, writer: SerializableTransaction): boolean {
  return (
    (writer.isCommitted && writer.hasConflictOut) ||
    isWriterPivot(reader, writer) ||
    isReaderPivot(reader, writer)
  );
}

/**
 * Reader -> writer -> T2, and T2 committed first; not where reader or writer committed before T2,
 * nor where the reader is read-only and took its snapshot before T2 committed.
 */
function isWriterPivot(reader: SerializableTransaction, writer: SerializableTransaction): boolean {
  for (const t2 of writer.outConflicts) {
    const { prepareSequence } = t2;
    if (
      t2.isPrepared &&
      (!reader.isCommitted || prepareSequence <= reader.commitSequence) &&
      (!writer.isCommitted || prepareSequence <= writer.commitSequence) &&
      (!reader.readOnly || prepareSequence <= reader.lastCommitBeforeSnapshot)
    ) {
      return true;
    }
  }
  return false;
}

/** T0 -> reader -> writer, and the writer commits first. */
function isReaderPivot(reader: SerializableTransaction, writer: SerializableTransaction): boolean {
  if (!writer.isPrepared || reader.readOnly) {
    return false;
  }
  for (const t0 of reader.inConflicts) {
    if (
      !t0.doomed &&
      (!t0.isCommitted || t0.commitSequence >= writer.prepareSequence) &&
      (!t0.readOnly || t0.lastCommitBeforeSnapshot >= writer.prepareSequence)
    ) {
      return true;
    }
  }
  return false;
}
