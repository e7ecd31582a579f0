import { describe, expect, it } from "vitest";
import { sampleHead } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { settlePayment, type VerdictEvent } from "./settle.ts";

const VERDICT: VerdictEvent = { ...sampleHead("e2"), type: "payment.completed", paymentId: "p1" };

/** A payment service where p1 is as said, and where event e2 is new or was taken in before. */
function serviceWith(state: { readonly status: string | undefined; readonly isNew: boolean }) {
  const database = scriptedDatabase((sql) => {
    if (sql.startsWith("INSERT INTO inbox")) {
      return { rowCount: state.isNew ? 1 : 0 };
    }
    if (sql.startsWith("SELECT status")) {
      return { rows: state.status === undefined ? [] : [{ status: state.status }] };
    }
    return undefined;
  });
  const lines: string[] = [];
  const telemetry = { event: (name: string) => lines.push(name) };
  return { ports: { database, clock: { nowMs: () => 1_234, async sleep() {} }, telemetry }, lines };
}

describe("settlePayment", () => {
  it("lets a terminal payment absorb a later verdict, with a line", async () => {
    const { ports, lines } = serviceWith({ status: "FAILED", isNew: true });
    expect(await settlePayment(ports, VERDICT)).toBe("done");
    expect(lines).toEqual(["settle.absorbed"]);
  });

  it("loses no verdict of a payment that is not here: nothing of it is claimed", async () => {
    const { ports } = serviceWith({ status: undefined, isNew: true });
    await expect(settlePayment(ports, VERDICT)).rejects.toThrow('there is no payment "p1"');
    expect(ports.database.log.at(-2)).toBe("ROLLBACK");
  });

  it("knows its own event again", async () => {
    const { ports } = serviceWith({ status: "COMPLETED", isNew: false });
    expect(await settlePayment(ports, VERDICT)).toBe("duplicate");
  });

  it.each(["PENDING", undefined])(
    "takes an id that was another event's for no duplicate: the payment is %s",
    async (status) => {
      const { ports } = serviceWith({ status, isNew: false });
      await expect(settlePayment(ports, VERDICT)).rejects.toThrow(
        "event e2 was taken in before, and not for payment p1",
      );
    },
  );
});
