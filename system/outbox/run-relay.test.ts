import { expect, it } from "vitest";
import { BrokerError } from "../ports/broker.ts";
import { DatabaseError } from "../ports/database.ts";
import { databaseError, scriptedDatabase } from "../testing/scripted-database.ts";
import { runRelay } from "./run-relay.ts";

const PACE = { relayBatchMax: 10, relayPollMs: 100 };

/** A relay whose batches end one after another as told; it is stopped at the last. */
function relayThat(...ends: readonly (Error | undefined)[]) {
  const stopping = new AbortController();
  const lines: string[] = [];
  const ports = {
    database: scriptedDatabase(),
    producer: { async send() {}, async disconnect() {} },
    clock: { nowMs: () => 1_234, async sleep() {} },
    onTrouble() {},
    telemetry: { event: (name: string) => lines.push(name) },
  };
  const left = [...ends];
  const relay = async () => {
    const end = left.shift();
    if (left.length === 0) {
      stopping.abort();
    }
    if (end !== undefined) {
      throw end;
    }
    return 0;
  };
  return { running: runRelay(ports, relay, PACE, stopping.signal), lines };
}

it("waits an outage out, with a line each time", async () => {
  const away = new BrokerError("away", { applied: "unknown" });
  const { running, lines } = relayThat(
    databaseError("unknown"),
    away,
    databaseError("no"),
    undefined,
  );
  await expect(running).resolves.toBeUndefined();
  expect(lines).toEqual(["relay.outage", "relay.outage", "relay.outage"]);
});

it.each([
  new DatabaseError('relation "outbox" does not exist', { code: "42P01", applied: "no" }),
  new TypeError("a bug"),
])("ends with an error that would come again: %s", async (error) => {
  await expect(relayThat(error, undefined).running).rejects.toBe(error);
});

/** A relay that finds nothing; its sleeps and what wakes it are in the test's hands. */
function restingRelay() {
  const stopping = new AbortController();
  const sleeps: number[] = [];
  let passes = 0;
  let wake = () => {};
  let onPass = () => {};
  const closed = Promise.withResolvers<void>();
  const running = runRelay(
    {
      database: {
        ...scriptedDatabase(),
        listen(channel, onNotify) {
          wake = channel === "outbox" ? onNotify : wake;
          return { close: async () => closed.resolve() };
        },
      },
      producer: { async send() {}, async disconnect() {} },
      clock: {
        nowMs: () => 0,
        sleep: (delayMs, signal) =>
          new Promise((resolve) => {
            if (signal?.aborted === true) {
              resolve();
              return;
            }
            sleeps.push(delayMs);
            signal?.addEventListener("abort", () => resolve());
          }),
      },
      onTrouble() {},
      telemetry: { event() {} },
    },
    async () => {
      passes += 1;
      onPass();
      return 0;
    },
    { relayBatchMax: 10, relayPollMs: 5_000 },
    stopping.signal,
  );
  return {
    running,
    sleeps,
    closed: closed.promise,
    passes: () => passes,
    wake: () => wake(),
    during(act: () => void) {
      onPass = () => {
        onPass = () => {};
        act();
      };
    },
    stop: () => stopping.abort(),
  };
}

/** Whatever could go on has gone on by the time an immediate fires. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

it("rests until something is appended, and then looks at once", async () => {
  const relay = restingRelay();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([1, [5_000]]);
  relay.wake();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([2, [5_000, 5_000]]);
  relay.stop();
  await relay.running;
});

it("looks again at once when something is appended while it looks", async () => {
  const relay = restingRelay();
  await settled();
  relay.during(relay.wake);
  relay.wake();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([3, [5_000, 5_000]]);
  relay.stop();
  await relay.running;
});

it("ends its rest when it is told to stop, and listens no more", async () => {
  const relay = restingRelay();
  await settled();
  relay.stop();
  await expect(relay.running).resolves.toBeUndefined();
  await expect(relay.closed).resolves.toBeUndefined();
});
