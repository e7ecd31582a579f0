import { describe, expect, it } from "vitest";
import { BrokerError, type BrokerRecord } from "../ports/broker.ts";
import { databaseError, scriptedDatabase } from "../testing/scripted-database.ts";
import { relayOutbox } from "./relay.ts";

const UNSENT = [
  { id: "7", topic: "payment.created", message_key: "p1", payload: "one" },
  { id: "9", topic: "payment.created", message_key: "p2", payload: "two" },
];
const MARK = "UPDATE outbox SET sent_at_ms";

/** An outbox with these rows, and a broker that answers as told. */
function outboxWith(rows: typeof UNSENT, send: () => Promise<void> = async () => {}) {
  const database = scriptedDatabase((sql) =>
    sql.startsWith("SELECT") ? { rows, rowCount: rows.length } : undefined,
  );
  const sent: BrokerRecord[] = [];
  const producer = {
    async send(records: readonly BrokerRecord[]) {
      sent.push(...records);
      await send();
    },
    async disconnect() {},
  };
  const clock = { nowMs: () => 1_234, async sleep() {} };
  return { database, sent, ports: { database, producer, clock } };
}

describe("relayOutbox", () => {
  it("sends in the order of the outbox, and marks exactly what it sent", async () => {
    const { database, sent, ports } = outboxWith(UNSENT);
    expect(await relayOutbox(ports, 10)).toBe(2);
    expect(sent).toEqual([
      { topic: "payment.created", key: "p1", value: "one" },
      { topic: "payment.created", key: "p2", value: "two" },
    ]);
    expect(database.parametersOf("SELECT")).toEqual([[10]]);
    expect(database.parametersOf(MARK)).toEqual([[[7n, 9n], 1_234]]);
  });

  it("marks only after the broker's acknowledgement", async () => {
    const acknowledgement = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const { database, ports } = outboxWith(UNSENT, () => {
      asked.resolve();
      return acknowledgement.promise;
    });
    const relaying = relayOutbox(ports, 10);
    await asked.promise;
    // Whatever could go on without the acknowledgement has gone on by the time a timer fires.
    await new Promise((resolve) => setImmediate(resolve));
    expect(database.parametersOf(MARK)).toEqual([]);
    acknowledgement.resolve();
    await relaying;
    expect(database.parametersOf(MARK)).toHaveLength(1);
  });

  it.each(["no", "unknown"] as const)(
    "marks nothing after a send that failed that may have been applied: %s",
    async (applied) => {
      const failure = new BrokerError("no acknowledgement", { applied });
      const { database, ports } = outboxWith(UNSENT, () => Promise.reject(failure));
      await expect(relayOutbox(ports, 10)).rejects.toBe(failure);
      expect(database.parametersOf(MARK)).toEqual([]);
    },
  );

  it("sends nothing and marks nothing when nothing is unsent", async () => {
    const { database, sent, ports } = outboxWith([]);
    expect(await relayOutbox(ports, 10)).toBe(0);
    expect(sent).toEqual([]);
    expect(database.parametersOf(MARK)).toEqual([]);
  });

  it("gives nobody the connection on which the outbox could not be read", async () => {
    const lost = databaseError("unknown");
    const database = scriptedDatabase(() => lost);
    const { ports, sent } = outboxWith([]);
    await expect(relayOutbox({ ...ports, database }, 10)).rejects.toBe(lost);
    expect(sent).toEqual([]);
    expect(database.log.at(-1)).toBe("(released damaged)");
  });
});
