import { describe, expect, it } from "vitest";
import type { Event } from "../domain/events.ts";
import { sampleHead } from "../testing/samples.ts";
import { scriptedDatabase } from "../testing/scripted-database.ts";
import { claimEvents } from "./claim.ts";

const FAILED: Event = {
  ...sampleHead("e1"),
  type: "payment.failed",
  paymentId: "p1",
  reason: "frozen_wallet",
};

/** Claims events where e1 is claimed for that already. */
async function claiming(
  events: readonly Event[],
  claim: { readonly topic: string; readonly payment_id: string | null },
) {
  const database = scriptedDatabase((sql) =>
    sql.startsWith("SELECT event_id") ? { rows: [{ event_id: "e1", ...claim }] } : undefined,
  );
  return claimEvents(await database.connect("test"), events, 1_234);
}

describe("an event whose id was claimed before", () => {
  it.each([
    ["for it", "p1"],
    ["before it was written down for what", null],
  ])("is a duplicate where it was %s", async (_, payment_id) => {
    expect(await claiming([FAILED], { topic: "payment.failed", payment_id })).toEqual([false]);
  });

  it.each([
    ["another payment", "payment.failed", "p2"],
    ["an event of another type", "payment.completed", "p1"],
  ])("is none where it was for %s: nothing is taken in", async (_, topic, payment_id) => {
    await expect(claiming([FAILED], { topic, payment_id })).rejects.toThrow(
      `event e1, payment.failed of payment p1, was taken in before as ${topic} of payment ${payment_id}`,
    );
  });
});
