import type { SentRecord, StoredRecord } from "../protocol/protocol.ts";

/** Who numbered a batch, and the number of its first record. */
export interface BatchProducer {
  readonly id: number;
  readonly epoch: number;
  readonly baseSequence: number;
}

/** What is appended at once: it lies in the log, and travels, as a whole. Never changed. */
export interface RecordBatch {
  readonly baseOffset: number;
  /** Behind its last record. */
  readonly nextOffset: number;
  /** Of the leader that appended it. */
  readonly leaderEpoch: number;
  /** The latest time of its records. */
  readonly timestampMs: number;
  readonly sizeBytes: number;
  /** Undefined where the producer was not idempotent. */
  readonly producer: BatchProducer | undefined;
  readonly records: readonly StoredRecord[];
}

/** A batch that has no place in a log yet. */
export interface UnplacedBatch {
  readonly records: readonly SentRecord[];
  readonly leaderEpoch: number;
  readonly sizeBytes: number;
  readonly producer: BatchProducer | undefined;
}

/** Gives a batch its place, and each record its offset. */
export function placeBatch(batch: UnplacedBatch, baseOffset: number): RecordBatch {
  const { leaderEpoch, sizeBytes, producer } = batch;
  let offset = baseOffset;
  let latestMs = -1;
  const records: StoredRecord[] = [];
  for (const { key, value, headers, timestampMs } of batch.records) {
    records.push({ key, value, headers, timestampMs, offset });
    offset += 1;
    latestMs = Math.max(latestMs, timestampMs);
  }
  return {
    baseOffset,
    nextOffset: offset,
    leaderEpoch,
    timestampMs: latestMs,
    sizeBytes,
    producer,
    records,
  };
}
