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

it("identifiers are UUIDs of version 7 that begin with the time, and never drawn twice", () => {
  const fromMs = Date.now();
  const drawn = Array.from({ length: 2_000 }, () => nodeEntropy.uuid());
  const untilMs = Date.now();
  for (const each of drawn) {
    expect(each).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const atMs = Number.parseInt(each.replace("-", "").slice(0, 12), 16);
    expect(atMs).toBeGreaterThanOrEqual(fromMs);
    expect(atMs).toBeLessThanOrEqual(untilMs);
  }
  expect(new Set(drawn).size).toBe(drawn.length);
});
