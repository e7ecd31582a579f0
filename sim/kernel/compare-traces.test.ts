import { expect, test } from "vitest";
import { compareTraces } from "./compare-traces.ts";
import { Trace, type TraceRecord } from "./trace.ts";

function traceOf(texts: readonly string[], keep = true): TraceRecord {
  const clock = { nowUs: 0, step: 0 };
  const trace = new Trace({ clock, keep });
  for (const text of texts) {
    clock.nowUs += 1_500;
    clock.step += 1;
    trace.record("said", "payment-1", text);
  }
  return trace.finish();
}

test("the same run has no difference", () => {
  expect(compareTraces(traceOf(["a", "b"]), traceOf(["a", "b"]))).toBeUndefined();
});

test("the first difference is named with what both runs did before and after it", () => {
  const difference = compareTraces(traceOf(["a", "b", "c"]), traceOf(["a", "x", "c"]));
  expect(difference?.text).toBe(
    [
      "the runs part at event 1 (3 and 3 events in all)",
      "  both   1.500 ms  step 1  said  payment-1  a",
      "  one    3.000 ms  step 2  said  payment-1  b",
      "  one    4.500 ms  step 3  said  payment-1  c",
      "  other  3.000 ms  step 2  said  payment-1  x",
      "  other  4.500 ms  step 3  said  payment-1  c",
    ].join("\n"),
  );
});

test("a run that ended early differs", () => {
  const difference = compareTraces(traceOf(["a", "b"]), traceOf(["a"]));
  expect(difference).toMatchObject({ index: 1, other: undefined });
  expect(difference?.text).toContain("other  ended here");
});

test("traces without their events are refused", () => {
  expect(() => compareTraces(traceOf(["a"], false), traceOf(["a"]))).toThrow(/kept 0 of them/);
});

test("texts that run into each other still hash differently", () => {
  expect(traceOf(["ab", "c"]).hash).not.toBe(traceOf(["a", "bc"]).hash);
  expect(traceOf(["ab"]).hash).toMatch(/^[0-9a-f]{16}$/);
});
