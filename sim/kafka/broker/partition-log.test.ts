import { expect, test } from "vitest";
import { PartitionLog } from "./partition-log.ts";

const records = ["a", "b", "c"].map((value) => ({
  key: null,
  value,
  headers: new Map(),
  timestampMs: 5,
}));

test("a read ends where its bytes run out, but brings at least one record", () => {
  const log = new PartitionLog("payments", 0);
  expect(log.append(records)).toBe(0);
  expect(log.append(records)).toBe(3);
  const values = (offset: number, maxBytes: number) =>
    log.read(offset, maxBytes).map((record) => `${record.offset}${record.value}`);
  expect(values(0, 1)).toEqual(["0a"]);
  expect(values(1, 150)).toEqual(["1b", "2c"]);
  expect(values(4, 1_000)).toEqual(["4b", "5c"]);
  expect(values(6, 1_000)).toEqual([]);
});

test("those who wait are told once per append, until they stop waiting", () => {
  const log = new PartitionLog("payments", 0);
  let wakes = 0;
  const wake = () => {
    wakes += 1;
  };
  log.wait(wake);
  log.append(records);
  expect(wakes).toBe(1);
  log.stopWaiting(wake);
  log.append(records);
  expect(wakes).toBe(1);
});
