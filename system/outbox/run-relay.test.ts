import { expect, it } from "vitest";
import { BrokerError } from "../ports/broker.ts";
import { DatabaseError } from "../ports/database.ts";
import { fixedEntropy } from "../testing/samples.ts";
import { databaseError, scriptedDatabase } from "../testing/scripted-database.ts";
import type { RelayPass } from "./relay.ts";
import { runRelay } from "./run-relay.ts";

const PACE = {
  relayBatchMax: 10,
  relayPollMs: 5_000,
  relayLingerMs: 10,
  relayLeaseMs: 3_000,
  relayAttemptsMax: 3,
  outboxKeptSeconds: 60,
};
const NOTHING: RelayPass = { published: 0, next: { kind: "appended" } };

/** A relay whose batches end one after another as told; it is stopped at the last. */
function relayThat(...ends: readonly (Error | undefined)[]) {
  const stopping = new AbortController();
  const lines: string[] = [];
  const ports = {
    database: scriptedDatabase(),
    producer: { async send() {}, async disconnect() {} },
    clock: { nowMs: () => 1_234, async sleep() {} },
    entropy: fixedEntropy,
    onTrouble() {},
    telemetry: {
      event: (name: string, { failures }: Readonly<Record<string, unknown>>) =>
        lines.push(`${name} ${String(failures)}`),
    },
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
    return NOTHING;
  };
  return { running: runRelay(ports, relay, PACE, stopping.signal), lines };
}

it("waits an outage out, with lines that become rare, and one when it is over", async () => {
  const away = new BrokerError("away", { applied: "unknown" });
  const failures = Array.from({ length: 100 }, (_, nr) =>
    nr % 2 === 0 ? away : databaseError("no"),
  );
  const { running, lines } = relayThat(...failures, undefined, away, undefined);
  await expect(running).resolves.toBeUndefined();
  expect(lines).toEqual([
    ...[1, 2, 4, 8, 16, 32, 64].map((count) => `relay.outage ${count}`),
    "relay.outage-over 100",
    "relay.outage 1",
    "relay.outage-over 1",
  ]);
});

it.each([
  new DatabaseError('relation "outbox" does not exist', { code: "42P01", applied: "no" }),
  new TypeError("a bug"),
])("ends with an error that would come again: %s", async (error) => {
  await expect(relayThat(error, undefined).running).rejects.toBe(error);
});

/** A relay that finds what it is told to; its sleeps and what wakes it are in the test's hands. */
function restingRelay(finds: readonly RelayPass["next"][] = [], pace = PACE) {
  const left = [...finds];
  const database = scriptedDatabase();
  const stopping = new AbortController();
  const sleeps: number[] = [];
  let passes = 0;
  let wake = () => {};
  let pass = () => {};
  let onPass = () => {};
  const closed = Promise.withResolvers<void>();
  const running = runRelay(
    {
      database: {
        ...database,
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
            pass = resolve;
            signal?.addEventListener("abort", () => resolve());
          }),
      },
      entropy: fixedEntropy,
      onTrouble() {},
      telemetry: { event() {} },
    },
    async () => {
      passes += 1;
      onPass();
      return { published: 0, next: left.shift() ?? { kind: "appended" } };
    },
    pace,
    stopping.signal,
  );
  return {
    running,
    sleeps,
    database,
    closed: closed.promise,
    passes: () => passes,
    wake: () => wake(),
    /** Ends the sleep that was begun last, as time does. */
    pass: () => pass(),
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

it("rests until something is appended, and looks a moment later", async () => {
  const relay = restingRelay();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([1, [5_000]]);
  relay.wake();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([1, [5_000, 10]]);
  relay.pass();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([2, [5_000, 10, 5_000]]);
  relay.stop();
  await relay.running;
});

it("looks again a moment later when something is appended while it looks", async () => {
  const relay = restingRelay();
  await settled();
  relay.during(relay.wake);
  relay.wake();
  await settled();
  relay.pass();
  await settled();
  // The second moment has begun without a rest.
  expect([relay.passes(), relay.sleeps]).toEqual([2, [5_000, 10, 10]]);
  relay.pass();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([3, [5_000, 10, 10, 5_000]]);
  relay.stop();
  await relay.running;
});

it("looks at once where it is not to linger", async () => {
  const relay = restingRelay([], { ...PACE, relayLingerMs: 0 });
  await settled();
  relay.wake();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([2, [5_000, 5_000]]);
  relay.stop();
  await relay.running;
});

it("does not linger once it is told to stop", async () => {
  const relay = restingRelay();
  await settled();
  relay.wake();
  await settled();
  relay.stop();
  await expect(relay.running).resolves.toBeUndefined();
});

it("ends its rest when it is told to stop, and listens no more", async () => {
  const relay = restingRelay();
  await settled();
  relay.stop();
  await expect(relay.running).resolves.toBeUndefined();
  await expect(relay.closed).resolves.toBeUndefined();
});

it.each<[string, RelayPass["next"], number]>([
  ["while another holds the outbox", { kind: "held", leftMs: 250 }, 250],
  ["when something was refused", { kind: "refused" }, 500],
])("looks again after a moment %s, whatever is appended meanwhile", async (_, next, restMs) => {
  const relay = restingRelay([next]);
  await settled();
  relay.wake();
  await settled();
  expect([relay.passes(), relay.sleeps]).toEqual([1, [restMs]]);
  relay.stop();
  await relay.running;
});

it("publishes all that is there when it is told to stop, and hands the outbox over", async () => {
  const relay = restingRelay([{ kind: "appended" }, { kind: "more" }, { kind: "more" }]);
  await settled();
  relay.stop();
  await relay.running;
  expect(relay.passes()).toBe(4);
  expect(relay.database.parametersOf("UPDATE outbox_lease")).toEqual([["u1"]]);
});
