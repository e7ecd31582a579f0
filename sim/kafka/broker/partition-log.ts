import type { SentRecord, StoredRecord } from "../protocol/protocol.ts";

/** One partition: an append-only log that tells those who wait for more. */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** `topic/partition`, for traces. */
  readonly name: string;
  readonly #records: StoredRecord[] = [];
  /**
   * In the order of waiting. Replaced and never changed, so that `append` can walk it while those
   * it wakes leave. Seldom more than one, for which a list is cheaper than a set.
   */
  #waiting: readonly (() => void)[] = [];

  constructor(topic: string, partition: number) {
    this.topic = topic;
    this.partition = partition;
    this.name = `${topic}/${partition}`;
  }

  /**
   * The offset that the next record will get. With one broker all that is appended is committed.
   */
  get highWatermark(): number {
    return this.#records.length;
  }

  /**
   * Returns the offset of the first of them. Those who wait are told afterwards, in the order of
   * waiting.
   */
  append(records: readonly SentRecord[]): number {
    const baseOffset = this.#records.length;
    for (const { key, value, headers, timestampMs } of records) {
      this.#records.push({ key, value, headers, offset: this.#records.length, timestampMs });
    }
    for (const wake of this.#waiting) {
      wake();
    }
    return baseOffset;
  }

  /**
   * From that offset on until the bytes run out; at least one record where there is one, as Kafka
   * does.
   */
  read(offset: number, maxBytes: number): readonly StoredRecord[] {
    if (offset >= this.#records.length) {
      return [];
    }
    let bytes = 0;
    let end = offset;
    for (let record = this.#records[end]; record !== undefined; record = this.#records[end]) {
      bytes += sizeOf(record);
      if (end > offset && bytes > maxBytes) {
        break;
      }
      end += 1;
    }
    return this.#records.slice(offset, end);
  }

  all(): readonly StoredRecord[] {
    return this.#records;
  }

  wait(wake: () => void): void {
    this.#waiting = [...this.#waiting, wake];
  }

  stopWaiting(wake: () => void): void {
    this.#waiting = this.#waiting.filter((each) => each !== wake);
  }
}

const RECORD_OVERHEAD_BYTES = 70;

function sizeOf(record: StoredRecord): number {
  return RECORD_OVERHEAD_BYTES + (record.key?.length ?? 0) + (record.value?.length ?? 0);
}
