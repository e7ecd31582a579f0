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
    ["99999999999999999999", /larger than can be kept/],
    ["9".repeat(60_000), /larger than can be kept/],
    ["1.0000000000000000000000", /22 decimals; OMR has 3/],
  ])("refuses %j with a message, and rounds nothing", (amount, message) => {
    expect(parseMoney(amount, "OMR")).toEqual({
      kind: "refused",
      message: expect.stringMatching(message),
    });
  });

  it("refuses a currency that it does not know, by name", () => {
    expect(parseMoney("1", "XYZ")).toEqual({
      kind: "refused",
      message: expect.stringMatching(/^currency "XYZ" is not one of: OMR, BHD, .*JPY, KRW$/),
    });
  });
});

describe("a currency's own decimals", () => {
  it.each([
    ["USD", "12.34", 1234n, "12.34"],
    ["USD", "12.3", 1230n, "12.30"],
    ["USD", "0.01", 1n, "0.01"],
    ["JPY", "1234", 1234n, "1234"],
    ["JPY", "0", 0n, "0"],
    ["KWD", "0.001", 1n, "0.001"],
  ] as const)("%s %s is %s minor units, shown as %s", (currency, text, amountMinor, shown) => {
    const money = { amountMinor, currency };
    expect(parseMoney(text, currency)).toEqual({ kind: "money", money });
    expect(formatMoney(money)).toBe(shown);
  });

  it.each([
    ["USD", "0.001", "3 decimals; USD has 2"],
    ["JPY", "1.0", "1 decimal; JPY has 0"],
    ["BHD", "0.0010", "4 decimals; BHD has 3"],
  ])("%s takes no %s: more decimals than it has, a zero too", (currency, text, message) => {
    expect(parseMoney(text, currency)).toEqual({
      kind: "refused",
      message: expect.stringContaining(message),
    });
  });

  it.each(["toString", "__proto__", "omr", "OMR ", ""])("knows no currency %j", (currency) => {
    expect(parseMoney("1", currency)).toMatchObject({ kind: "refused" });
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
