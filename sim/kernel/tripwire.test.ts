import { randomUUID } from "node:crypto";
import crypto from "node:crypto";
import { expect, test } from "vitest";
import { createKernel } from "./kernel.ts";
import { HostReached, installTripwire } from "./tripwire.ts";

const reaches: readonly { what: string; reach: () => unknown }[] = [
  { what: "Date.now", reach: () => Date.now() },
  { what: "new Date()", reach: () => new Date() },
  { what: "Math.random", reach: () => Math.random() },
  { what: "setTimeout", reach: () => setTimeout(() => {}, 1) },
  { what: "setImmediate", reach: () => setImmediate(() => {}) },
  { what: "crypto.randomUUID", reach: () => crypto.randomUUID() },
  { what: "performance.now", reach: () => performance.now() },
];

test.each(reaches)(
  "$what throws while the tripwire is there, with the stack of the caller",
  ({ what, reach }) => {
    const tripwire = installTripwire();
    let caught: unknown;
    try {
      reach();
    } catch (error) {
      caught = error;
    } finally {
      tripwire[Symbol.dispose]();
    }
    expect(caught).toBeInstanceOf(HostReached);
    expect(caught).toHaveProperty("message", expect.stringContaining(`${what} is the host's`));
    expect(caught).toHaveProperty("stack", expect.stringContaining("tripwire.test.ts"));
  },
);

test("disposed of, everything is as it was", () => {
  const before = [Date, Math.random, setTimeout, crypto.randomUUID, globalThis.crypto.randomUUID];
  installTripwire()[Symbol.dispose]();
  expect([Date, Math.random, setTimeout, crypto.randomUUID, globalThis.crypto.randomUUID]).toEqual(
    before,
  );
  expect(Date.now()).toBeGreaterThan(0);
  expect(randomUUID()).toHaveLength(36);
});

test("a date made from a given instant reads no clock and stays allowed", () => {
  const tripwire = installTripwire();
  const text = new Date(0).toISOString();
  tripwire[Symbol.dispose]();
  expect(text).toBe("1970-01-01T00:00:00.000Z");
});

test("the kernel itself never trips it", async () => {
  const tripwire = installTripwire();
  const kernel = createKernel({ seed: "tripwire" });
  const done = await kernel.run(async (main) => {
    await main.sleep(1_000);
    return main.nowMs();
  });
  tripwire[Symbol.dispose]();
  expect(done).toBe(1_000);
});
