import type { KafkaErrorCode } from "../protocol/error-code.ts";
import type { BatchProducer, RecordBatch } from "./record-batch.ts";

/** What becomes of a batch that a producer numbered. */
export type SequenceVerdict =
  | { readonly kind: "next" }
  /** It is there already, behind `baseOffset` and up to `nextOffset`: the answer is a success. */
  | { readonly kind: "duplicate"; readonly baseOffset: number; readonly nextOffset: number }
  | { readonly kind: "refused"; readonly error: KafkaErrorCode };

interface KnownBatch {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly nextOffset: number;
}

interface ProducerEntry {
  epoch: number;
  /** The latest of its epoch, oldest first. */
  batches: readonly KnownBatch[];
  lastTimestampMs: number;
}

/** How many batches of a producer are remembered: NUM_BATCHES_TO_RETAIN. */
const REMEMBERED_BATCHES = 5;

/** `producer.id.expiration.ms`. */
const EXPIRATION_MS = 86_400_000;

/** Numbers go up to here, and then on from 0. */
const SEQUENCE_MAX = 0x7fff_ffff;

/**
 * What one log knows of its idempotent producers, by the rules of Kafka's ProducerStateManager and
 * ProducerAppendInfo. A producer that the log does not know, or has forgotten, may begin with any
 * number: Kafka has not answered UNKNOWN_PRODUCER_ID to that since 2.5 (KIP-360).
 */
export class ProducerStates {
  readonly #entries = new Map<number, ProducerEntry>();

  /** Whether a batch of that many records comes next. */
  judge(producer: BatchProducer, recordCount: number, nowMs: number): SequenceVerdict {
    const entry = this.#entryOf(producer.id, nowMs);
    if (entry === undefined) {
      return { kind: "next" };
    }
    const { epoch, baseSequence } = producer;
    const lastSequence = advance(baseSequence, recordCount - 1);
    const duplicate = entry.batches.find(
      (batch) => batch.firstSequence === baseSequence && batch.lastSequence === lastSequence,
    );
    if (epoch === entry.epoch && duplicate !== undefined) {
      const { baseOffset, nextOffset } = duplicate;
      return { kind: "duplicate", baseOffset, nextOffset };
    }
    if (epoch < entry.epoch) {
      return { kind: "refused", error: "INVALID_PRODUCER_EPOCH" };
    }
    const last = entry.batches.at(-1)?.lastSequence ?? -1;
    const expected = epoch > entry.epoch ? 0 : advance(last, 1);
    if (baseSequence !== expected) {
      return { kind: "refused", error: "OUT_OF_ORDER_SEQUENCE_NUMBER" };
    }
    return { kind: "next" };
  }

  /** A batch is in the log, appended here or taken over from the leader. */
  note({ producer, baseOffset, nextOffset, timestampMs }: RecordBatch): void {
    if (producer === undefined) {
      return;
    }
    const { id, epoch, baseSequence } = producer;
    const lastSequence = advance(baseSequence, nextOffset - baseOffset - 1);
    const batch = { firstSequence: baseSequence, lastSequence, baseOffset, nextOffset };
    const entry = this.#entries.get(id);
    const before = entry?.epoch === epoch ? entry.batches : [];
    this.#entries.set(id, {
      epoch,
      batches: [...before, batch].slice(-REMEMBERED_BATCHES),
      lastTimestampMs: timestampMs,
    });
  }

  /** Starts over from what the log still holds, as after a truncation. */
  rebuild(batches: readonly RecordBatch[]): void {
    this.#entries.clear();
    for (const batch of batches) {
      this.note(batch);
    }
  }

  #entryOf(id: number, nowMs: number): ProducerEntry | undefined {
    const entry = this.#entries.get(id);
    if (entry !== undefined && nowMs - entry.lastTimestampMs >= EXPIRATION_MS) {
      this.#entries.delete(id);
      return undefined;
    }
    return entry;
  }
}

function advance(sequence: number, by: number): number {
  const next = sequence + by;
  return next > SEQUENCE_MAX ? next - SEQUENCE_MAX - 1 : next;
}
