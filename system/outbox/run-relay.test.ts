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
