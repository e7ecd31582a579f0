import { describe, expect, it } from "vitest";
import { sampleHead } from "../testing/samples.ts";
import { databaseError, scriptedDatabase, type Script } from "../testing/scripted-database.ts";
import { settlePayments, type VerdictEvent } from "./settle.ts";

interface State {
  readonly status: string | undefined;
  readonly isNew: boolean;
}

const VERDICT: VerdictEvent = {
  ...sampleHead("e2"),
  type: "payment.completed",
  paymentId: "p1",
  receiverOwnerId: "badria",
};

/** A payment service where p1 is as said, and where event e2 is new or was taken in before. */
function serviceWith(state: State) {
  const database = scriptedDatabase((sql) => rowsOf(state, sql));
  const lines: string[] = [];
  const telemetry = { event: (name: string) => lines.push(name) };
  return { ports: { database, clock: { nowMs: () => 1_234, async sleep() {} }, telemetry }, lines };
}

function rowsOf(state: State, sql: string): ReturnType<Script> {
  if (sql.startsWith("INSERT INTO inbox")) {
    return { rows: state.isNew ? [{ event_id: "e2" }, { event_id: "e3" }] : [] };
  }
  if (sql.startsWith("SELECT event_id, topic")) {
    return { rows: [{ event_id: "e2", topic: "payment.completed", payment_id: "p1" }] };
  }
  if (sql.startsWith("UPDATE payments")) {
    return { rows: state.status === "PENDING" ? [{ id: "p1" }] : [] };
  }
  if (sql.startsWith("SELECT id, status")) {
    return { rows: state.status === undefined ? [] : [{ id: "p1", status: state.status }] };
  }
  return undefined;
}

describe("settlePayments", () => {
  it("lets a terminal payment absorb a later verdict, with a line", async () => {
    const { ports, lines } = serviceWith({ status: "FAILED", isNew: true });
    expect(await settlePayments(ports, [VERDICT])).toEqual(["done"]);
    expect(lines).toEqual(["settle.absorbed"]);
  });

  it("applies the first of two verdicts on a payment, and lets it absorb the other", async () => {
    const { ports, lines } = serviceWith({ status: "PENDING", isNew: true });
    const other = { ...VERDICT, id: "e3" };
    expect(await settlePayments(ports, [VERDICT, other])).toEqual(["done", "done"]);
    expect(lines).toEqual(["settle.absorbed", "settle.done"]);
    expect(ports.database.parametersOf("UPDATE payments")[0]?.[0]).toEqual(["p1"]);
  });

  it("knows its own event a second time in one batch", async () => {
    const { ports } = serviceWith({ status: "COMPLETED", isNew: true });
    expect(await settlePayments(ports, [VERDICT, VERDICT])).toEqual(["done", "duplicate"]);
  });

  it("tells of nothing that was not committed", async () => {
    const { ports, lines } = serviceWith({ status: "PENDING", isNew: true });
    const database = scriptedDatabase((sql) =>
      sql === "COMMIT" ? databaseError("unknown") : rowsOf({ status: "PENDING", isNew: true }, sql),
    );
    await expect(settlePayments({ ...ports, database }, [VERDICT])).rejects.toThrow("lost");
    expect(lines).toEqual([]);
  });

  it("loses no verdict of a payment that is not here: nothing of it is claimed", async () => {
    const { ports } = serviceWith({ status: undefined, isNew: true });
    await expect(settlePayments(ports, [VERDICT])).rejects.toThrow('there is no payment "p1"');
    expect(ports.database.log.at(-2)).toBe("ROLLBACK");
  });

  it("knows its own event again", async () => {
    const { ports } = serviceWith({ status: "COMPLETED", isNew: false });
    expect(await settlePayments(ports, [VERDICT])).toEqual(["duplicate"]);
  });

  it("takes an id that was another event's for no duplicate: nothing of it is applied", async () => {
    const { ports } = serviceWith({ status: "COMPLETED", isNew: false });
    const other = { ...VERDICT, paymentId: "p2" };
    await expect(settlePayments(ports, [other])).rejects.toThrow(
      "event e2, payment.completed of payment p2, was taken in before as payment.completed of payment p1",
    );
    expect(ports.database.log.at(-2)).toBe("ROLLBACK");
  });
});
