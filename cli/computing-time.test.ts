import { afterEach, expect, it, vi } from "vitest";
import { afterComputing } from "./computing-time.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("counts what this process computes, for each of its threads, and not the time that passes", () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  let computedMs = 0;
  vi.spyOn(process, "cpuUsage").mockImplementation(() => ({ user: computedMs * 1_000, system: 0 }));
  const { signal, dispose } = afterComputing(10_000, 2);
  vi.advanceTimersByTime(60_000);
  expect(signal.aborted).toBe(false);
  computedMs = 19_000;
  vi.advanceTimersByTime(1_000);
  expect(signal.aborted).toBe(false);
  computedMs = 21_000;
  vi.advanceTimersByTime(1_000);
  expect(signal.aborted).toBe(true);
  dispose();
});

it("ends what computes nothing, too", () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  vi.spyOn(process, "cpuUsage").mockImplementation(() => ({ user: 0, system: 0 }));
  const { signal, dispose } = afterComputing(10_000, 1);
  vi.advanceTimersByTime(201_000);
  expect(signal.aborted).toBe(true);
  dispose();
});
