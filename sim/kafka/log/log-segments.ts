import type { RecordBatch } from "./record-batch.ts";

/** A file of a log: retention removes whole files, the oldest first. */
interface Segment {
  readonly baseOffset: number;
  sizeBytes: number;
  /** Of its first batch: from there on its time runs. */
  firstTimestampMs: number;
  latestTimestampMs: number;
}

/** When a segment is full: `segment.bytes` and `segment.ms`. */
export interface SegmentLimits {
  readonly segmentBytes: number;
  readonly segmentMs: number;
}

/** What is kept: `retention.ms` and `retention.bytes`, -1 for no bound. */
export interface RetentionLimits {
  readonly retentionMs: number;
  readonly retentionBytes: number;
}

/** The segments of a log, by the rules of Kafka's LogSegment and UnifiedLog. */
export class LogSegments {
  /** By offset; the last one is written to. Empty while the log is. */
  #segments: Segment[] = [];

  /** Takes in a batch, behind all others. */
  note({ baseOffset, sizeBytes, timestampMs }: RecordBatch, limits: SegmentLimits): void {
    const active = this.#segments.at(-1);
    const isFull =
      active === undefined ||
      active.sizeBytes > limits.segmentBytes - sizeBytes ||
      timestampMs - active.firstTimestampMs > limits.segmentMs;
    if (isFull) {
      this.#segments.push({
        baseOffset,
        sizeBytes,
        firstTimestampMs: timestampMs,
        latestTimestampMs: timestampMs,
      });
      return;
    }
    active.sizeBytes += sizeBytes;
    active.latestTimestampMs = Math.max(active.latestTimestampMs, timestampMs);
  }

  rebuild(batches: readonly RecordBatch[], limits: SegmentLimits): void {
    this.#segments = [];
    for (const batch of batches) {
      this.note(batch, limits);
    }
  }

  /**
   * Where the log starts when what is too old, and then what is too much, is removed; undefined
   * where all stays. Nothing goes that is not below the high watermark as a whole.
   */
  startUnder(
    { retentionMs, retentionBytes }: RetentionLimits,
    log: { readonly nowMs: number; readonly highWatermark: number; readonly endOffset: number },
  ): number | undefined {
    const goesAt = (index: number): number | undefined => {
      const endOffset = this.#segments[index + 1]?.baseOffset ?? log.endOffset;
      return endOffset <= log.highWatermark ? endOffset : undefined;
    };
    const isTooOld = ({ latestTimestampMs }: Segment) =>
      retentionMs >= 0 && log.nowMs - latestTimestampMs > retentionMs;
    let start: number | undefined;
    let index = 0;
    for (const segment of this.#segments) {
      const end = goesAt(index);
      if (end === undefined || !isTooOld(segment)) {
        break;
      }
      start = end;
      index += 1;
    }
    const rest = this.#segments.slice(index);
    let excessBytes = rest.reduce((sum, each) => sum + each.sizeBytes, 0) - retentionBytes;
    for (const segment of retentionBytes < 0 ? [] : rest) {
      const end = goesAt(index);
      if (end === undefined || excessBytes < segment.sizeBytes) {
        break;
      }
      excessBytes -= segment.sizeBytes;
      start = end;
      index += 1;
    }
    return start;
  }

  /** The first offset of the segment in which the offset lies: what is before can be removed. */
  baseOf(offset: number): number {
    return this.#segments.findLast(({ baseOffset }) => baseOffset <= offset)?.baseOffset ?? offset;
  }

  dropBefore(offset: number): void {
    this.#segments = this.#segments.filter(
      (_, index) => (this.#segments[index + 1]?.baseOffset ?? Number.POSITIVE_INFINITY) > offset,
    );
  }
}
