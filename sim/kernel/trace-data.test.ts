import { expect, test } from "vitest";
import { tellWhole } from "./trace-data.ts";
import { Trace } from "./trace.ts";

function traceOf(message: unknown) {
  const trace = new Trace({ clock: { nowUs: 0, step: 0 }, keep: true });
  trace.record("request", "payment-1", "server");
  trace.recordData(message, tellWhole);
  return trace.finish();
}

const MESSAGES: readonly unknown[] = [
  undefined,
  null,
  "",
  "1",
  1,
  1n,
  1.5,
  -1,
  true,
  false,
  [],
  [[]],
  ["ab", "c"],
  ["a", "bc"],
  [1, [2]],
  [[1], 2],
  {},
  { amount: "1" },
  { sum: "1" },
  { amount: 1 },
  [{ a: 1 }, { b: 2 }],
  [{ a: 1, b: 2 }],
  new Map([["a", 1]]),
  new Map([["a", 2]]),
];

test("no two messages that differ leave one hash", () => {
  const hashes = MESSAGES.map((message) => traceOf(message).hash);
  expect(new Set(hashes).size).toBe(MESSAGES.length);
});

test("what a message carried stands in its event", () => {
  const [event] = traceOf({ amountMinor: 500n, ids: new Set(["p1"]) }).events;
  expect(event?.data).toBe('{"amountMinor":"500n","ids":["p1"]}');
});

test("a message that is no plain value is refused", () => {
  expect(() => traceOf({ callback: () => {} })).toThrow(/not simulated: a function in a message/);
});
