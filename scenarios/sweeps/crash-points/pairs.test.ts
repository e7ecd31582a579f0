import { describe, expect, it } from "vitest";
import { createPairSpace, spreadOver } from "./pairs.ts";
import { pointInWords } from "./points.ts";

const COMMIT = "payment-1/payment-db/accept.commit";
const DELIVER = "wallet-1/kafka/deliver";

/** A run that came to each place once before the strike, and so often after it. */
function places(commits: number, deliveries: number) {
  return [
    { place: COMMIT, times: 1 + commits, beforeStrike: 1 },
    { place: DELIVER, times: 1 + deliveries, beforeStrike: 1 },
  ];
}

describe("the pairs of points", () => {
  it("are each first with every way of what its own run came to after the strike", () => {
    const space = createPairSpace();
    space.add({ effect: `${COMMIT}#1`, way: "after" }, places(1, 1));
    space.add({ effect: `${COMMIT}#1`, way: "before" }, places(0, 0));
    space.add({ effect: `${COMMIT}#1`, way: "lost-reply" }, places(1, 1));
    const all = Array.from({ length: space.size() }, (_, index) =>
      space.at(index).map(pointInWords).join(" then "),
    );
    expect(all).toEqual([
      `crash after ${COMMIT}#1 then crash before ${COMMIT}#2`,
      `crash after ${COMMIT}#1 then crash after ${COMMIT}#2`,
      `crash after ${COMMIT}#1 then lost reply to ${COMMIT}#2`,
      `crash after ${COMMIT}#1 then crash before ${DELIVER}#2`,
      // Two lost replies are no pair.
      `lost reply to ${COMMIT}#1 then crash before ${COMMIT}#2`,
      `lost reply to ${COMMIT}#1 then crash after ${COMMIT}#2`,
      `lost reply to ${COMMIT}#1 then crash before ${DELIVER}#2`,
    ]);
    expect(() => space.at(7)).toThrow("there is no pair 7 of 7");
  });
});

describe("numbers that are spread over a size", () => {
  it.each([1, 2, 7, 100, 1_024])("are each there once, below %i", (size) => {
    const drawn = [...spreadOver(size, 3)];
    expect(drawn.toSorted((left, right) => left - right)).toEqual([...Array(size).keys()]);
  });

  it("begin elsewhere with another seed, and leave no large gap early", () => {
    const first = (seed: number) => [...spreadOver(1_000, seed)][0];
    expect(first(1)).not.toBe(first(2));
    const early = [...spreadOver(100_000, 1)].slice(0, 100).toSorted((one, other) => one - other);
    const gaps = early.slice(1).map((each, index) => each - (early[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(3_000);
  });

  it("are none below zero numbers", () => {
    expect([...spreadOver(0, 1)]).toEqual([]);
  });
});
