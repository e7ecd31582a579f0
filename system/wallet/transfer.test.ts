import { describe, expect, it } from "vitest";
import { parseEvent } from "../domain/events.ts";
import { fixedEntropy, SAMPLE_TRACE, sampleCreated } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { transferMoney, type CreatedEvent } from "./transfer.ts";

const CREATED: CreatedEvent = sampleCreated();

/** A wallet that has taken in event e1 before, for that payment. */
function walletThatKnows(payment_id: string) {
  const database = scriptedDatabase((sql) =>
    sql.startsWith("SELECT event_id, topic")
      ? { rows: [{ event_id: "e1", topic: "payment.created", payment_id }] }
      : undefined,
  );
  const clock = { nowMs: () => 1_234, async sleep() {} };
  return { database, clock, entropy: fixedEntropy, telemetry: { event() {} } };
}

it("tells its verdict in the trace of the payment, as a step of its own", async () => {
  const { database, ...ports } = walletWith({});
  await transferMoney({ ...ports, database }, [CREATED]);
  const [[, , , payloads] = []] = database.parametersOf("WITH appended");
  const parsed = parseEvent(String(payloads));
  const { traceId, flags, state } = SAMPLE_TRACE;
  expect(parsed).toMatchObject({
    event: { trace: { traceId, flags, state, spanId: "ab".repeat(8) } },
  });
});

describe("an event whose id was taken in before", () => {
  it("is a duplicate when it was for its payment: nothing happens again", async () => {
    const ports = walletThatKnows("p1");
    expect(await transferMoney(ports, [CREATED])).toEqual(["duplicate"]);
    expect(ports.database.log.filter((sql) => sql.startsWith("UPDATE"))).toEqual([]);
  });

  it("is no duplicate when it was not: it was another event's id", async () => {
    const ports = walletThatKnows("p2");
    await expect(transferMoney(ports, [CREATED])).rejects.toThrow(
      "event e1, payment.created of payment p1, was taken in before as payment.created of payment p2",
    );
    expect(ports.database.log.at(-2)).toBe("ROLLBACK");
  });
});

describe("a batch of events", () => {
  it("decides each payment on what those before it leave, and writes all of them at once", async () => {
    const { database, ...ports } = walletWith({ salim: "3", fatma: "0" });
    const batch = [transferOf("p1", 2n), transferOf("p2", 2n), transferOf("p3", 1n)];
    expect(await transferMoney({ ...ports, database }, batch)).toEqual(["done", "done", "done"]);
    expect(database.parametersOf("INSERT INTO transfer_decisions")[0]?.slice(0, 2)).toEqual([
      ["p1", "p2", "p3"],
      [null, "insufficient_balance", null],
    ]);
    const [update] = database.parametersOf("UPDATE wallets");
    expect(update?.slice(0, 3)).toEqual([
      ["salim", "fatma"],
      [0n, 3n],
      [2n, 2n],
    ]);
    expect(database.parametersOf("INSERT INTO ledger_entries")[0]?.slice(0, 4)).toEqual([
      ["p1", "p1", "p3", "p3"],
      [null, null, null, null],
      ["salim", "fatma", "salim", "fatma"],
      [1n, 1n, 2n, 2n],
    ]);
  });

  it("takes an event that is in it twice for a duplicate of itself", async () => {
    const { database, ...ports } = walletWith({ salim: "3", fatma: "0" });
    const batch = [transferOf("p1", 2n), transferOf("p1", 2n)];
    expect(await transferMoney({ ...ports, database }, batch)).toEqual(["done", "duplicate"]);
    expect(database.parametersOf("INSERT INTO transfer_decisions")[0]?.[0]).toEqual(["p1"]);
  });
});

function transferOf(paymentId: string, amountMinor: bigint): CreatedEvent {
  const payment = {
    ...CREATED.payment,
    id: paymentId,
    money: { amountMinor, currency: "OMR" },
    orderedBy: "anwar",
    orderedAs: "owner",
  } as const;
  return { ...CREATED, id: `event of ${paymentId}`, payment };
}

/** A wallet service that knows no event, with these balances. */
function walletWith(balances: Readonly<Record<string, string>>) {
  const database = scriptedDatabase((sql, [ids]) => {
    if (sql.startsWith("INSERT INTO inbox")) {
      return { rows: listOf(ids).map((event_id) => ({ event_id })) };
    }
    if (sql.startsWith("SELECT event_id, topic")) {
      const topic = "payment.created";
      return {
        rows: listOf(ids).map((id) => {
          return { event_id: id, topic, payment_id: String(id).replace("event of ", "") };
        }),
      };
    }
    if (sql.startsWith("UPDATE wallets")) {
      return { rowCount: listOf(ids).length };
    }
    return sql.startsWith("SELECT id, owner_id")
      ? {
          rows: Object.entries(balances).map(([id, balance_minor]) =>
            accountRow(id, balance_minor),
          ),
        }
      : undefined;
  });
  const clock = { nowMs: () => 1_234, async sleep() {} };
  return { database, clock, entropy: fixedEntropy, telemetry: { event() {} } };
}

function accountRow(id: string, balance_minor: string) {
  const chain = { entry_count: "0", last_entry_hash: "" };
  return { id, owner_id: "anwar", currency: "OMR", balance_minor, frozen: false, ...chain };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? [...new Set(value)] : [];
}
