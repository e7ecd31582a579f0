import { expect, test } from "vitest";
import { PartitionLog } from "./partition-log.ts";
import { ProducerStates } from "./producer-states.ts";

const SEQUENCE_MAX = 0x7fff_ffff;

/** A log and what its producer 7 sends to it. */
class Stage {
  readonly log = new PartitionLog("payments", 0, { segmentBytes: 1_000_000, segmentMs: 1_000_000 });

  /** What became of it: `at` its offset, or the error. Appended where it comes next. */
  send(baseSequence: number, { epoch = 0, count = 1, nowMs = 0 } = {}): string {
    const producer = { id: 7, epoch, baseSequence };
    const verdict = this.log.producers.judge(producer, count, nowMs);
    if (verdict.kind === "refused") {
      return verdict.error;
    }
    if (verdict.kind === "duplicate") {
      return `duplicate of ${verdict.baseOffset}`;
    }
    const record = { key: null, value: null, headers: new Map(), timestampMs: nowMs };
    const records = Array.from({ length: count }, () => record);
    const batch = this.log.append({ records, leaderEpoch: 0, sizeBytes: 100, producer });
    return `at ${batch.baseOffset}`;
  }
}

test("batches come one after the other, and a gap or a step back is out of order", () => {
  const stage = new Stage();
  expect(stage.send(0, { count: 3 })).toBe("at 0");
  expect(stage.send(3)).toBe("at 3");
  expect(stage.send(5)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(stage.send(1)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(stage.send(4)).toBe("at 4");
});

test("one of the last five batches that comes again is a duplicate, an older one is out of order", () => {
  const stage = new Stage();
  for (let sequence = 0; sequence < 6; sequence += 1) {
    expect(stage.send(sequence)).toBe(`at ${sequence}`);
  }
  expect([1, 2, 3, 4, 5].map((sequence) => stage.send(sequence))).toEqual(
    [1, 2, 3, 4, 5].map((sequence) => `duplicate of ${sequence}`),
  );
  expect(stage.send(0)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
});

test("another message under a number that was used is taken for a repetition, and lost", () => {
  // What kafkajs does after a lost acknowledgement: it counts back, and sends the next message.
  const stage = new Stage();
  expect(stage.send(0)).toBe("at 0");
  expect(stage.send(0)).toBe("duplicate of 0");
  expect(stage.log.endOffset).toBe(1);
});

test("a batch of another length under a number that was used is out of order", () => {
  const stage = new Stage();
  expect(stage.send(0, { count: 2 })).toBe("at 0");
  expect(stage.send(0, { count: 1 })).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
});

test("a new epoch begins at 0, and the old one is fenced", () => {
  const stage = new Stage();
  stage.send(0);
  expect(stage.send(1, { epoch: 1 })).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(stage.send(0, { epoch: 1 })).toBe("at 1");
  expect(stage.send(1, { epoch: 0 })).toBe("INVALID_PRODUCER_EPOCH");
  expect(stage.send(0, { epoch: 0 })).toBe("INVALID_PRODUCER_EPOCH");
});

test("a producer that is unknown, or has been silent for a day, may begin with any number", () => {
  const stage = new Stage();
  expect(stage.send(17)).toBe("at 0");
  expect(stage.send(30, { nowMs: 86_399_999 })).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(stage.send(30, { nowMs: 86_400_000 })).toBe("at 1");
});

test("numbers go on from 0 behind the greatest", () => {
  const stage = new Stage();
  expect(stage.send(SEQUENCE_MAX)).toBe("at 0");
  expect(stage.send(0)).toBe("at 1");
  const wrapped = new Stage();
  expect(wrapped.send(SEQUENCE_MAX - 1, { count: 3 })).toBe("at 0");
  expect(wrapped.send(1)).toBe("at 3");
});

test("after a truncation the log knows of a producer what it still holds", () => {
  const stage = new Stage();
  stage.send(0);
  stage.send(1);
  stage.log.truncateTo(1);
  expect(stage.send(2)).toBe("OUT_OF_ORDER_SEQUENCE_NUMBER");
  expect(stage.send(1)).toBe("at 1");
  expect(new ProducerStates().judge({ id: 7, epoch: 0, baseSequence: 9 }, 1, 0).kind).toBe("next");
});
