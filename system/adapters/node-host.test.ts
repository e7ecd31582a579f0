import { expect, it } from "vitest";
import { nodeClock, nodeEntropy } from "./node-host.ts";

const HOUR_MS = 3_600_000;

it("a sleep ends with its time, or when it is ended, before it or during it", async () => {
  await expect(nodeClock.sleep(0)).resolves.toBeUndefined();
  await expect(nodeClock.sleep(HOUR_MS, AbortSignal.abort())).resolves.toBeUndefined();
  const ending = new AbortController();
  const sleeping = nodeClock.sleep(HOUR_MS, ending.signal);
  ending.abort();
  await expect(sleeping).resolves.toBeUndefined();
});

it("bytes of a trace are as many as asked for, and never drawn twice", () => {
  const counts = Array.from({ length: 2_000 }, (_, index) => (index % 2 === 0 ? 8 : 16));
  const drawn = [...counts, 5_000].map((count) => nodeEntropy.traceBytes(count));
  expect(drawn.map((each) => each.length)).toEqual([...counts, 5_000].map((count) => 2 * count));
  expect(new Set(drawn.map((each) => each.slice(0, 16))).size).toBe(drawn.length);
});
