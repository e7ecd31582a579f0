import { describe, expect, it } from "vitest";
import { formatMoney, parseMoney } from "./money.ts";

const omr = (amountMinor: bigint) => ({ amountMinor, currency: "OMR" }) as const;

describe("parseMoney", () => {
  it.each([
    ["50", 50_000n],
    ["0.500", 500n],
    ["12.34", 12_340n],
    ["0", 0n],
    ["0.001", 1n],
    ["9007199254740.993", 9_007_199_254_740_993n],
    ["9223372036854775.807", 9_223_372_036_854_775_807n],
  ])("reads %s OMR as %s baisa, exactly", (amount, amountMinor) => {
    expect(parseMoney(amount, "OMR")).toEqual({ kind: "money", money: omr(amountMinor) });
  });

  it.each([
    ["0.0005", /4 decimals; OMR has 3/],
    ["1e-3", /plain decimal such as "50.000"/],
    ["-0", /plain decimal/],
    ["-1", /plain decimal/],
    ["+1", /plain decimal/],
    [" 1", /plain decimal/],
    ["", /plain decimal/],
    ["1.", /plain decimal/],
    [".5", /plain decimal/],
    ["007", /plain decimal/],
    ["1,5", /plain decimal/],
    ["٥", /plain decimal/],
    ["9223372036854775.808", /larger than can be kept/],
    ["99999999999999999999", /plain decimal/],
  ])("refuses %j with a message, and rounds nothing", (amount, message) => {
    expect(parseMoney(amount, "OMR")).toEqual({
      kind: "refused",
      message: expect.stringMatching(message),
    });
  });

  it("refuses a currency that it does not know, by name", () => {
    expect(parseMoney("1", "XYZ")).toEqual({
      kind: "refused",
      message: 'currency "XYZ" is not one of: OMR',
    });
  });
});

describe("formatMoney", () => {
  it.each([
    [0n, "0.000"],
    [1n, "0.001"],
    [50_000n, "50.000"],
    [-500n, "-0.500"],
    [9_007_199_254_740_993n, "9007199254740.993"],
  ])("shows %s baisa as %s", (amountMinor, text) => {
    expect(formatMoney(omr(amountMinor))).toBe(text);
  });

  it("shows what parseMoney reads back as the same amount", () => {
    const amountMinor = 123_456_789n;
    expect(parseMoney(formatMoney(omr(amountMinor)), "OMR")).toEqual({
      kind: "money",
      money: omr(amountMinor),
    });
  });
});
