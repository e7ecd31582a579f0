import { describe, expect, it } from "vitest";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { transferMoney, type CreatedEvent } from "./transfer.ts";

const CREATED: CreatedEvent = {
  id: "e1",
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
  return { database, clock, entropy: { uuid: () => "u1" } };
}

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
