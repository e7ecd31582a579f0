import { expect, test } from "vitest";
import { onInterruption } from "./interruption.ts";

test.for(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s stops a run, once for both deliveries",
  (name) => {
    const before = process.listenerCount(name);
    const { signal, dispose } = onInterruption();
    try {
      process.emit(name, name);
      process.emit(name, name);
      expect(signal.aborted).toBe(true);
    } finally {
      dispose();
    }
    expect(process.listenerCount(name)).toBe(before);
  },
);
