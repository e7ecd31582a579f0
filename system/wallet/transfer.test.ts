import { describe, expect, it } from "vitest";
import { parseEvent } from "../domain/events.ts";
import { fixedEntropy, SAMPLE_TRACE, sampleHead } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { transferMoney, type CreatedEvent } from "./transfer.ts";

const CREATED: CreatedEvent = {
  ...sampleHead("e1"),
  type: "payment.created",
  payment: {
    id: "p1",
    senderWalletId: "salim",
    receiverWalletId: "fatma",
    money: { amountMinor: 1n, currency: "OMR" },
  },
};

/** A wallet that has taken in event e1 before. */
function walletThatKnows({ decisions }: { readonly decisions: number }) {
  const database = scriptedDatabase((sql) =>
    sql.startsWith("SELECT outcome") ? { rowCount: decisions } : undefined,
  );
  const clock = { nowMs: () => 1_234, async sleep() {} };
  return { database, clock, entropy: fixedEntropy };
}

it("tells its verdict in the trace of the payment, as a step of its own", async () => {
  const database = scriptedDatabase((sql) =>
    sql.startsWith("INSERT INTO inbox") ? { rowCount: 1 } : undefined,
  );
  const clock = { nowMs: () => 1_234, async sleep() {} };
  await transferMoney({ database, clock, entropy: fixedEntropy }, CREATED);
  const [[, , , payload] = []] = database.parametersOf("INSERT INTO outbox");
  const parsed = parseEvent(String(payload));
  const { traceId, flags } = SAMPLE_TRACE;
  expect(parsed).toMatchObject({ event: { trace: { traceId, flags, spanId: "ab".repeat(8) } } });
});

describe("an event whose id was taken in before", () => {
  it("is a duplicate when its payment was decided: nothing happens again", async () => {
    const ports = walletThatKnows({ decisions: 1 });
    expect(await transferMoney(ports, CREATED)).toBe("duplicate");
    expect(ports.database.log.filter((sql) => sql.startsWith("UPDATE"))).toEqual([]);
  });

  it("is no duplicate when its payment was not: it was another event's id", async () => {
    const ports = walletThatKnows({ decisions: 0 });
    await expect(transferMoney(ports, CREATED)).rejects.toThrow(
      "event e1 was taken in before, and not for payment p1",
    );
    expect(ports.database.log.at(-2)).toBe("ROLLBACK");
  });
});
