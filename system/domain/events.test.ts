import { describe, expect, it } from "vitest";
import { encodeEvent, parseEvent, type Event } from "./events.ts";

const TRACE = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  flags: 1,
  state: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
};
const sampleHead = (id: string) => ({ id, atMs: 1_795_627_200_000, trace: TRACE });

const CREATED: Event = {
  ...sampleHead("e1"),
  type: "payment.created",
  payment: {
    id: "p1",
    senderWalletId: "salim",
    receiverWalletId: "fatma",
    money: { amountMinor: 50_000n, currency: "OMR" },
    orderedBy: "anwar",
    orderedAs: "owner",
  },
};
const events: readonly Event[] = [
  CREATED,
  { ...sampleHead("e2"), type: "payment.completed", paymentId: "p1", receiverOwnerId: "badria" },
  { ...sampleHead("e3"), type: "payment.failed", paymentId: "p1", reason: "insufficient_balance" },
];

function withData(change: Record<string, unknown>): string {
  const json: unknown = JSON.parse(encodeEvent(CREATED));
  return JSON.stringify({ ...Object(json), ...change });
}

function withSchema(type: string, version: string, change: object = {}): string {
  return withData({ dataschema: `urn:falconpay:event:${type}:${version}`, ...change });
}

describe("encodeEvent", () => {
  it("writes CloudEvents: when, in which trace, and in which version of its data", () => {
    expect(JSON.parse(encodeEvent(CREATED))).toEqual({
      specversion: "1.0",
      id: "e1",
      type: "payment.created",
      source: "/falconpay/payment",
      subject: "p1",
      time: "2026-11-25T17:20:00.000Z",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
      dataschema: "urn:falconpay:event:payment.created:1.0",
      datacontenttype: "application/json",
      data: {
        paymentId: "p1",
        senderWalletId: "salim",
        receiverWalletId: "fatma",
        amount: "50.000",
        currency: "OMR",
        orderedBy: "anwar",
        orderedAs: "owner",
      },
    });
  });
});

describe("parseEvent", () => {
  it.each(events)("reads back what encodeEvent wrote: $type", (event) => {
    expect(parseEvent(encodeEvent(event))).toEqual({ kind: "event", event });
  });

  it("reads a later minor version, and leaves alone what it does not know", () => {
    const later = withSchema("payment.created", "1.7", { priority: "high" });
    expect(parseEvent(later)).toEqual({ kind: "event", event: CREATED });
  });

  it.each([undefined, 7, "00-0-0-01"])("ignores the traceparent %s", (traceparent) => {
    const event = { ...CREATED, trace: undefined };
    expect(parseEvent(withData({ traceparent }))).toEqual({ kind: "event", event });
  });

  it.each([undefined, 7, "rojo"])("ignores the tracestate %s, and nothing else", (tracestate) => {
    const event = { ...CREATED, trace: { ...TRACE, state: undefined } };
    expect(parseEvent(withData({ tracestate }))).toEqual({ kind: "event", event });
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
    [withData({ time: "27.11.2026" }), /\/time "27.11.2026" is not an RFC 3339 time/],
    [withData({ dataschema: "v1" }), /\/dataschema "v1" is not urn:.*:MAJOR.MINOR/],
    [withSchema("payment.failed", "1.0"), /\/dataschema .* is not urn:.*created:MAJOR.MINOR/],
    [
      withSchema("payment.created", "2.0", { data: {} }),
      /\/dataschema version 2.0 of payment.created is not known here: 1 is/,
    ],
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
