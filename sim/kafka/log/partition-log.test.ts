import { describe, expect, test } from "vitest";
import { PartitionLog } from "./partition-log.ts";
import type { RecordBatch } from "./record-batch.ts";
import { sizeOfBatch } from "./record-size.ts";

const LIMITS = { segmentBytes: 300, segmentMs: 1_000 };
const NO_LIMIT = { limit: 1_000, maxBytes: 1_000_000, atLeastOne: true };

function newLog(): PartitionLog {
  return new PartitionLog("payments", 0, LIMITS);
}

/** One batch of these values; a hundred bytes a batch. */
function append(
  log: PartitionLog,
  values: readonly string[],
  { atMs = 5, leaderEpoch = 0 } = {},
): RecordBatch {
  const records = values.map((value) => {
    return { key: null, value, headers: new Map<string, string>(), timestampMs: atMs };
  });
  return log.append({ records, leaderEpoch, sizeBytes: 100, producer: undefined });
}

function read(log: PartitionLog, offset: number, bounds: Partial<typeof NO_LIMIT> = {}) {
  const { records } = log.read(offset, { ...NO_LIMIT, ...bounds });
  return records.map((record) => `${record.offset}${record.value}`);
}

describe("a log", () => {
  test("a read ends where its bytes run out, between batches, but brings at least one where it must", () => {
    const log = newLog();
    append(log, ["a", "b"]);
    append(log, ["c"]);
    append(log, ["d"]);
    expect(read(log, 0, { maxBytes: 1 })).toEqual(["0a", "1b"]);
    expect(read(log, 0, { maxBytes: 1, atLeastOne: false })).toEqual([]);
    expect(read(log, 0, { maxBytes: 299 })).toEqual(["0a", "1b", "2c"]);
    expect(read(log, 0, { maxBytes: 300 })).toEqual(["0a", "1b", "2c", "3d"]);
    expect(read(log, 1, { maxBytes: 100 })).toEqual(["1b"]);
    expect(read(log, 0, { limit: 3 })).toEqual(["0a", "1b", "2c"]);
    expect(read(log, 4)).toEqual([]);
  });

  test("every offset is found, however many batches there are", () => {
    const log = newLog();
    for (let index = 0; index < 33; index += 1) {
      append(log, ["x", "y"]);
    }
    for (let offset = 0; offset < 66; offset += 1) {
      expect(read(log, offset)).toHaveLength(66 - offset);
    }
  });

  test("those who wait are told when more is committed, until they stop waiting", () => {
    const log = newLog();
    let wakes = 0;
    const wake = () => {
      wakes += 1;
    };
    log.waitForMore(wake);
    append(log, ["a", "b"]);
    expect(wakes).toBe(0);
    log.moveHighWatermark(1);
    expect(wakes).toBe(1);
    log.moveHighWatermark(0);
    expect(wakes).toBe(1);
    log.stopWaiting(wake);
    log.moveHighWatermark(2);
    expect(wakes).toBe(1);
  });

  test("what is cut off is gone, its leader's epoch too", () => {
    const log = newLog();
    append(log, ["a"], { leaderEpoch: 1 });
    append(log, ["b"], { leaderEpoch: 2 });
    log.moveHighWatermark(2);
    log.truncateTo(1);
    expect(read(log, 0)).toEqual(["0a"]);
    expect([log.endOffset, log.highWatermark, log.epochs.latest]).toEqual([1, 1, 1]);
    expect(append(log, ["c"], { leaderEpoch: 3 }).baseOffset).toBe(1);
  });

  test("an epoch that has brought nothing is cut off, too, where there is nothing else", () => {
    const log = newLog();
    append(log, ["a"], { leaderEpoch: 1 });
    log.epochs.note(2, 1);
    log.truncateTo(1);
    expect([log.endOffset, log.epochs.latest]).toEqual([1, 1]);
  });

  test("an epoch ends where the next one begins, and the last one with the log", () => {
    const log = newLog();
    append(log, ["a"], { leaderEpoch: 1 });
    append(log, ["b"], { leaderEpoch: 4 });
    expect(log.epochs.endOf(0, 2)).toBeUndefined();
    expect(log.epochs.endOf(1, 2)).toEqual({ epoch: 1, endOffset: 1 });
    expect(log.epochs.endOf(3, 2)).toEqual({ epoch: 1, endOffset: 1 });
    expect(log.epochs.endOf(9, 2)).toEqual({ epoch: 4, endOffset: 2 });
  });
});

describe("retention", () => {
  /** Three batches a segment. */
  function filled(): PartitionLog {
    const log = newLog();
    for (const [index, value] of ["a", "b", "c", "d", "e", "f", "g"].entries()) {
      append(log, [value], { atMs: index * 10 });
    }
    log.moveHighWatermark(7);
    return log;
  }

  test("whole segments go, when their last record is too old", () => {
    const log = filled();
    expect(log.retain({ retentionMs: 100, retentionBytes: -1 }, 120)).toBe(false);
    expect(log.retain({ retentionMs: 100, retentionBytes: -1 }, 121)).toBe(true);
    expect([log.startOffset, read(log, log.startOffset)]).toEqual([3, ["3d", "4e", "5f", "6g"]]);
    expect(log.retain({ retentionMs: 100, retentionBytes: -1 }, 1_000)).toBe(true);
    expect([log.startOffset, log.endOffset]).toEqual([7, 7]);
    expect(append(log, ["h"]).baseOffset).toBe(7);
  });

  test("whole segments go, as long as enough is left without them", () => {
    const log = filled();
    expect(log.retain({ retentionMs: -1, retentionBytes: 401 }, 0)).toBe(false);
    expect(log.retain({ retentionMs: -1, retentionBytes: 400 }, 0)).toBe(true);
    expect(log.startOffset).toBe(3);
    expect(log.retain({ retentionMs: -1, retentionBytes: 100 }, 0)).toBe(true);
    expect(log.startOffset).toBe(6);
  });

  test("nothing goes that is not committed", () => {
    const log = newLog();
    append(log, ["a"]);
    expect(log.retain({ retentionMs: 0, retentionBytes: -1 }, 1_000)).toBe(false);
  });

  test("a segment is full by its size, or when a record is so much later than its first", () => {
    const log = newLog();
    append(log, ["a"], { atMs: 0 });
    append(log, ["b"], { atMs: 1_000 });
    append(log, ["c"], { atMs: 1_001 });
    log.moveHighWatermark(3);
    expect(log.retain({ retentionMs: 500, retentionBytes: -1 }, 1_501)).toBe(true);
    expect(log.startOffset).toBe(2);
  });

  test("records that are deleted can not be read, though their segment is still there", () => {
    const log = filled();
    log.raiseStart(4);
    expect(log.startOffset).toBe(4);
    expect(log.recordsBelow(7).map(({ value }) => value)).toEqual(["e", "f", "g"]);
    expect(log.firstSince(0, 7)?.offset).toBe(4);
  });
});

test("a batch takes what Kafka's record format 2 takes", () => {
  const headers = new Map([["h", "€"]]);
  const record = { key: "k", value: "v".repeat(100), headers, timestampMs: 1_000 };
  // Length, attributes, two deltas; key; value with a length of two bytes; a header of 1 and 3.
  const size = 2 + 1 + 1 + 1 + 2 + 102 + 1 + 2 + 4;
  expect(sizeOfBatch([record])).toBe(61 + size);
  const tombstone = { key: null, value: null, headers: new Map(), timestampMs: 1_064 };
  expect(sizeOfBatch([record, tombstone])).toBe(61 + size + 1 + 1 + 2 + 1 + 1 + 1 + 1);
});
