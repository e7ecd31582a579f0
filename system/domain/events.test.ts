import { describe, expect, it } from "vitest";
import { encodeEvent, parseEvent, type Event } from "./events.ts";

const CREATED: Event = {
  id: "e1",
  type: "payment.created",
  payment: {
    id: "p1",
    senderWalletId: "salim",
    receiverWalletId: "fatma",
    money: { amountMinor: 50_000n, currency: "OMR" },
  },
};
const events: readonly Event[] = [
  CREATED,
  { id: "e2", type: "payment.completed", paymentId: "p1" },
  { id: "e3", type: "payment.failed", paymentId: "p1", reason: "insufficient_balance" },
];

function withData(change: Record<string, unknown>): string {
  const json: unknown = JSON.parse(encodeEvent(CREATED));
  return JSON.stringify({ ...Object(json), ...change });
}

describe("parseEvent", () => {
  it.each(events)("reads back what encodeEvent wrote: $type", (event) => {
    expect(parseEvent(encodeEvent(event))).toEqual({ kind: "event", event });
  });

  it.each([
    [null, /no value/],
    ["", /not JSON/],
    ["{", /not JSON/],
    ["null", /the value must be object/],
    ["{}", /the value must have required properties type/],
    [withData({ type: "payment.reversed" }), /\/type must be equal to one of the allowed values/],
    [withData({ data: {} }), /\/data must have required properties/],
    [withData({ id: "" }), /\/id /],
    [withData({ id: "e\u0000" }), /\/id must match pattern/],
    [withData({ specversion: "0.3" }), /\/specversion/],
    [encodeEvent(CREATED).replace("50.000", "50.0005"), /4 decimals; OMR has 3/],
    [encodeEvent(CREATED).replace("50.000", "0.000"), /amount is zero/],
    [encodeEvent(CREATED).replace("OMR", "XYZ"), /currency "XYZ" is not one of/],
  ])("says why it cannot read %s", (text, reason) => {
    expect(parseEvent(text)).toEqual({
      kind: "unreadable",
      reason: expect.stringMatching(reason),
    });
  });
});
