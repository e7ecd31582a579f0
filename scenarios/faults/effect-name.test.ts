import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseEffect, printEffect } from "./effect-name.ts";

describe("the name of an effect", () => {
  it("is read back as it was printed", () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const name = fc.record({
      process: word,
      incarnation: fc.integer({ min: 1, max: 999 }),
      resource: word,
      operation: fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join(".")),
      ordinal: fc.integer({ min: 1, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(name, (each) => {
        expect(parseEffect(printEffect(each))).toEqual(each);
      }),
      { seed: 20_261_125 },
    );
  });

  it("shows a later incarnation, so that no name is used twice in a run", () => {
    const name = { process: "wallet-1", resource: "kafka", operation: "produce", ordinal: 2 };
    expect(printEffect({ ...name, incarnation: 1 })).toBe("wallet-1/kafka/produce#2");
    expect(printEffect({ ...name, incarnation: 3 })).toBe("wallet-1~3/kafka/produce#2");
  });

  it.each([
    "",
    "wallet-1/kafka/produce",
    "wallet-1/kafka/produce#0",
    "wallet-1/kafka/produce#007",
    "wallet-1~1/kafka/produce#1",
    "wallet-1/produce#1",
    "wallet-1/kafka/produce#1 ",
    "Wallet/kafka/produce#1",
  ])("is not %j", (text) => {
    expect(parseEffect(text)).toBeUndefined();
  });
});
