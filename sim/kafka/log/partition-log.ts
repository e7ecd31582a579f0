import type { StoredRecord } from "../protocol/protocol.ts";
import { LeaderEpochs } from "./leader-epochs.ts";
import { LogSegments, type RetentionLimits, type SegmentLimits } from "./log-segments.ts";
import { ProducerStates } from "./producer-states.ts";
import { placeBatch, type RecordBatch, type UnplacedBatch } from "./record-batch.ts";

/** What a read brought. */
export interface LogSlice {
  readonly records: readonly StoredRecord[];
  /** Of the whole batches that the records lie in. */
  readonly sizeBytes: number;
}

const NOTHING: LogSlice = { records: [], sizeBytes: 0 };

/**
 * One broker's copy of a partition, as it lies on its disk: batches one behind the other, and what
 * is known of them. It knows no leader.
 *
 * Left out: compaction, and what is lost between a write and its flush. A broker that is killed
 * keeps all that it has written, as the operating system's cache does.
 */
export class PartitionLog {
  readonly topic: string;
  readonly partition: number;
  /** `topic/partition`, for traces. */
  readonly name: string;
  readonly epochs = new LeaderEpochs();
  readonly producers = new ProducerStates();
  readonly #limits: SegmentLimits;
  readonly #segments = new LogSegments();
  #batches: RecordBatch[] = [];
  #startOffset = 0;
  #endOffset = 0;
  #highWatermark = 0;
  /**
   * In the order of waiting. Replaced and never changed, so that it can be walked while those it
   * wakes leave. Seldom more than one, for which a list is cheaper than a set.
   */
  #readers: readonly (() => void)[] = [];

  constructor(topic: string, partition: number, limits: SegmentLimits) {
    this.topic = topic;
    this.partition = partition;
    this.name = `${topic}/${partition}`;
    this.#limits = limits;
  }

  /** The first offset that can be read: what was before is removed. */
  get startOffset(): number {
    return this.#startOffset;
  }

  /** The offset that the next record will get. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** Up to here all in-sync replicas have it, as far as this broker knows. */
  get highWatermark(): number {
    return this.#highWatermark;
  }

  /** Whoever knows the replicas says so. A follower may be told less than it knew. */
  moveHighWatermark(offset: number): void {
    const isMore = offset > this.#highWatermark;
    this.#highWatermark = offset;
    if (isMore) {
      this.wakeReaders();
    }
  }

  /** `wake` is called whenever there is more to read, until it stops waiting. */
  waitForMore(wake: () => void): void {
    this.#readers = [...this.#readers, wake];
  }

  stopWaiting(wake: () => void): void {
    this.#readers = this.#readers.filter((each) => each !== wake);
  }

  wakeReaders(): void {
    for (const wake of this.#readers) {
      wake();
    }
  }

  /** As the leader does: the batch gets the next offsets. */
  append(batch: UnplacedBatch): RecordBatch {
    const placed = placeBatch(batch, this.#endOffset);
    this.#take(placed);
    return placed;
  }

  /** As a follower does: batches of the leader's log, the first at this log's end. */
  appendPlaced(batches: readonly RecordBatch[]): void {
    for (const batch of batches) {
      if (batch.baseOffset !== this.#endOffset) {
        throw new Error(`${this.name} ends at ${this.#endOffset}, not ${batch.baseOffset}`);
      }
      this.#take(batch);
    }
  }

  /**
   * Whole batches from the one with that offset on, below `limit`, until the bytes run out; with
   * `atLeastOne`, the first of them however large it is. Of the first batch, what lies before the
   * offset is left out.
   */
  read(
    offset: number,
    bounds: { readonly limit: number; readonly maxBytes: number; readonly atLeastOne: boolean },
  ): LogSlice {
    const batches = this.#batchesFrom(offset, bounds);
    const [first] = batches;
    if (first === undefined) {
      return NOTHING;
    }
    const skipped = Math.max(0, offset - first.baseOffset);
    if (batches.length === 1) {
      const { records, sizeBytes } = first;
      return { records: skipped === 0 ? records : records.slice(skipped), sizeBytes };
    }
    let sizeBytes = 0;
    const records: StoredRecord[] = [];
    for (const batch of batches) {
      sizeBytes += batch.sizeBytes;
      for (const record of batch.records) {
        if (record.offset >= offset) {
          records.push(record);
        }
      }
    }
    return { records, sizeBytes };
  }

  /** The batches from that offset on, for a follower. */
  batchesFrom(offset: number, maxBytes: number): readonly RecordBatch[] {
    return this.#batchesFrom(offset, { limit: this.#endOffset, maxBytes, atLeastOne: true });
  }

  /** Every record that can be read, below `limit`. */
  recordsBelow(limit: number): readonly StoredRecord[] {
    const all = { limit, maxBytes: Number.MAX_SAFE_INTEGER, atLeastOne: true };
    return this.read(this.#startOffset, all).records;
  }

  /** The first record below `limit` that is not older. */
  firstSince(timestampMs: number, limit: number): StoredRecord | undefined {
    for (const batch of this.#batches) {
      if (batch.timestampMs >= timestampMs && batch.nextOffset > this.#startOffset) {
        const found = batch.records.find(
          (record) => record.offset >= this.#startOffset && record.timestampMs >= timestampMs,
        );
        return found !== undefined && found.offset < limit ? found : undefined;
      }
    }
    return undefined;
  }

  /** Cuts off what is at or behind the offset, as a follower does whose leader never had it. */
  truncateTo(offset: number): void {
    if (offset >= this.#endOffset) {
      // An epoch may have begun here, as a leader, and have brought nothing.
      this.epochs.truncateTo(this.#endOffset);
      return;
    }
    this.#batches = this.#batches.filter(({ nextOffset }) => nextOffset <= offset);
    this.#endOffset = Math.max(this.#batches.at(-1)?.nextOffset ?? offset, this.#startOffset);
    this.#highWatermark = Math.min(this.#highWatermark, this.#endOffset);
    this.epochs.truncateTo(this.#endOffset);
    this.producers.rebuild(this.#batches);
    this.#segments.rebuild(this.#batches, this.#limits);
  }

  /** Forgets all and begins there, as a follower whose leader no longer has what it needs. */
  restartAt(offset: number): void {
    this.#batches = [];
    this.#startOffset = offset;
    this.#endOffset = offset;
    this.#highWatermark = offset;
    this.epochs.truncateTo(0);
    this.producers.rebuild([]);
    this.#segments.rebuild([], this.#limits);
  }

  /** What is before the offset can no longer be read; segments that lie wholly before it go. */
  raiseStart(offset: number): void {
    if (offset <= this.#startOffset) {
      return;
    }
    this.#startOffset = offset;
    const base = offset >= this.#endOffset ? offset : this.#segments.baseOf(offset);
    this.#segments.dropBefore(offset);
    this.#batches = this.#batches.filter(({ nextOffset }) => nextOffset > base);
    this.epochs.startAt(base);
  }

  /** Removes the segments that are too old or too much. Whether any went. */
  retain(limits: RetentionLimits, nowMs: number): boolean {
    const start = this.#segments.startUnder(limits, {
      nowMs,
      highWatermark: this.#highWatermark,
      endOffset: this.#endOffset,
    });
    if (start === undefined) {
      return false;
    }
    this.raiseStart(start);
    return true;
  }

  #take(batch: RecordBatch): void {
    this.epochs.note(batch.leaderEpoch, batch.baseOffset);
    this.producers.note(batch);
    this.#segments.note(batch, this.#limits);
    this.#batches.push(batch);
    this.#endOffset = batch.nextOffset;
  }

  #batchesFrom(
    offset: number,
    bounds: { readonly limit: number; readonly maxBytes: number; readonly atLeastOne: boolean },
  ): readonly RecordBatch[] {
    const first = this.#indexOf(offset);
    let bytes = 0;
    let end = first;
    for (let batch = this.#batches[end]; batch !== undefined; batch = this.#batches[end]) {
      bytes += batch.sizeBytes;
      const isFirst = bounds.atLeastOne && end === first;
      if (batch.nextOffset > bounds.limit || (bytes > bounds.maxBytes && !isFirst)) {
        break;
      }
      end += 1;
    }
    return this.#batches.slice(first, end);
  }

  /** Of the batch in which the offset lies. Most reads are near the end. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#batches.length;
    let step = 1;
    while (high - step >= 0 && (this.#batches[high - step]?.nextOffset ?? 0) > offset) {
      high -= step;
      step *= 2;
    }
    low = Math.max(0, high - step + 1);
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#batches[middle]?.nextOffset ?? 0) > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
