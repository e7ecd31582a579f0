import { describe, expect, it } from "vitest";
import { encodeEvent, TOPICS, type Event } from "../domain/events.ts";
import { sampleCreated, sampleHead } from "../testing/samples.ts";
import {
  CONSUMER_GROUPS,
  definitionOf,
  publisherOf,
  ROLES,
  serviceOf,
  SERVICES,
} from "./services.ts";

describe("the table of services", () => {
  it("has one publisher for each topic, the one that its events name as their source", () => {
    const events: readonly Event[] = [
      sampleCreated(),
      {
        ...sampleHead("e2"),
        type: "payment.completed",
        paymentId: "p1",
        receiverOwnerId: "badria",
      },
      { ...sampleHead("e3"), type: "payment.failed", paymentId: "p1", reason: "same_wallet" },
    ];
    expect(events.map(({ type }) => type)).toEqual([...TOPICS]);
    for (const event of events) {
      const published = SERVICES.filter(({ topics }) => topics.some((each) => each === event.type));
      expect(published.map(({ name }) => name)).toEqual([publisherOf(event.type)]);
      expect(encodeEvent(event)).toContain(`"source":"/falconpay/${publisherOf(event.type)}"`);
    }
  });

  it("has a consumer for each topic", () => {
    const consumed = CONSUMER_GROUPS.flatMap(({ topics }) => topics);
    expect(consumed.toSorted()).toEqual(TOPICS.toSorted());
  });

  it("gives no two roles one name", () => {
    expect(ROLES).toEqual([...new Set(ROLES)]);
  });

  it("refuses what is not in it", () => {
    expect(() => serviceOf("payment-banana")).toThrow("there is no role payment-banana");
    expect(() => definitionOf("")).toThrow("there is no role");
    expect(() => publisherOf("payment.lost")).toThrow(
      "no service publishes the topic payment.lost",
    );
  });
});
