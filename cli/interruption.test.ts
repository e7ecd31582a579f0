import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onInterruption } from "./interruption.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setImmediate"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test.for(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s stops a run, once for both deliveries",
  (name) => {
    const before = process.listenerCount(name);
    const { signal, dispose } = onInterruption();
    try {
      process.emit(name, name);
      expect(signal.aborted).toBe(true);
    } finally {
      dispose();
    }
    // The second delivery comes when the command is over: somebody still listens.
    expect(process.listenerCount(name)).toBe(before + 1);
    process.emit(name, name);
    vi.advanceTimersByTime(600);
    expect(process.listenerCount(name)).toBe(before);
  },
);
