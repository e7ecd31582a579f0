import { randomBytes, randomUUID } from "node:crypto";
import crypto from "node:crypto";
import process from "node:process";
import { setTimeout as setTimeoutOfNode } from "node:timers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createKernel } from "./kernel.ts";
import { HostReached, installTripwire } from "./tripwire.ts";

const reaches: readonly { what: string; reach: () => unknown }[] = [
  { what: "Date.now", reach: () => Date.now() },
  { what: "new Date()", reach: () => new Date() },
  { what: "Date()", reach: () => Date() },
  { what: "Math.random", reach: () => Math.random() },
  { what: "setTimeout", reach: () => setTimeout(() => {}, 1) },
  { what: "setInterval", reach: () => setInterval(() => {}, 1) },
  { what: "setImmediate", reach: () => setImmediate(() => {}) },
  { what: "timers.setTimeout", reach: () => setTimeoutOfNode(() => {}, 1) },
  { what: "timers/promises.setTimeout", reach: () => sleep(1) },
  { what: "AbortSignal.timeout", reach: () => AbortSignal.timeout(1) },
  { what: "crypto.randomUUID", reach: () => crypto.randomUUID() },
  { what: "crypto.randomUUID", reach: () => randomUUID() },
  { what: "crypto.randomUUID", reach: () => globalThis.crypto.randomUUID() },
  { what: "crypto.randomBytes", reach: () => randomBytes(1) },
  {
    what: "crypto.getRandomValues",
    reach: () => globalThis.crypto.getRandomValues(new Uint8Array(1)),
  },
  {
    what: "crypto.subtle.digest",
    reach: () => globalThis.crypto.subtle.digest("SHA-256", new Uint8Array(1)),
  },
  { what: "performance.now", reach: () => performance.now() },
  { what: "process.hrtime", reach: () => process.hrtime() },
  { what: "process.hrtime.bigint", reach: () => process.hrtime.bigint() },
  { what: "fetch", reach: () => fetch("http://127.0.0.1:1") },
];

test.each(reaches)(
  "$what throws inside simulated code, with the stack of the caller",
  async ({ what, reach }) => {
    const kernel = createKernel({ seed: "reach" });
    const caught = await kernel.run(async (main) => {
      await main.sleep(1);
      return caughtFrom(reach);
    });
    expect(caught).toBeInstanceOf(HostReached);
    expect(caught).toHaveProperty("message", expect.stringContaining(`${what} is the host's`));
    expect(caught).toHaveProperty("stack", expect.stringContaining("caughtFrom"));
  },
);

function caughtFrom(reach: () => unknown): unknown {
  try {
    reach();
    return "nothing";
  } catch (error) {
    return error;
  }
}

test("outside, while a simulation runs, the host works as ever", async () => {
  const kernel = createKernel({ seed: "outside" });
  let fromTimer = 0;
  setTimeout(() => (fromTimer = Date.now()), 0);
  await kernel.run(async (main) => {
    while (fromTimer === 0) {
      await main.sleep(1);
    }
  });
  expect(fromTimer).toBeGreaterThan(0);
});

test("disposed of, everything is as it was", () => {
  const held = () => [
    Date,
    Math.random,
    setTimeout,
    setTimeoutOfNode,
    crypto.randomUUID,
    globalThis.crypto.randomUUID,
    process.hrtime,
  ];
  const before = held();
  installTripwire()[Symbol.dispose]();
  expect(held()).toEqual(before);
  expect(held().every((each, index) => each === before[index])).toBe(true);
});

test("a date made from a given instant reads no clock and stays allowed", async () => {
  const kernel = createKernel({ seed: "date" });
  const text = await kernel.run(async () => new Date(0).toISOString());
  expect(text).toBe("1970-01-01T00:00:00.000Z");
});
