import { describe, expect, it } from "vitest";
import { entriesOf, hashOf, type Posting } from "./ledger.ts";

const account = (id: string, amountMinor: bigint) => ({
  id,
  ownerId: "anwar",
  balance: { amountMinor, currency: "OMR" } as const,
  frozen: false,
  entryCount: 4n,
  lastEntryHash: `last of ${id}`,
});
const POSTING: Posting = {
  cause: { kind: "payment", id: "p1" },
  from: account("salim", 10_000n),
  to: account("fatma", 1n),
  money: { amountMinor: 500n, currency: "OMR" },
  postedAtMs: 1_234,
};

describe("a posting", () => {
  it("is a debit and a credit of one amount, each with the balance that it leaves", () => {
    const [debit, credit] = entriesOf(POSTING);
    const shared = { cause: POSTING.cause, money: POSTING.money, position: 5n, postedAtMs: 1_234 };
    expect(debit).toEqual({
      ...shared,
      accountId: "salim",
      direction: "debit",
      balanceAfterMinor: 9_500n,
      hash: hashOf(debit, "last of salim"),
    });
    expect(credit).toEqual({
      ...shared,
      accountId: "fatma",
      direction: "credit",
      balanceAfterMinor: 501n,
      hash: hashOf(credit, "last of fatma"),
    });
  });
});

describe("an entry's hash", () => {
  const [debit] = entriesOf(POSTING);

  it("is this one, on every machine and for ever", () => {
    expect(hashOf(debit, "")).toMatchInlineSnapshot(
      `"4ba12b622956a5d755da6ec3ac9657b0b3560d97fb9cd4e5737f2287d9f38c6a"`,
    );
  });

  it.each([
    ["cause", { cause: { kind: "payment", id: "p2" } }],
    ["kind of cause", { cause: { kind: "external", id: "p1" } }],
    ["account", { accountId: "khalid" }],
    ["position", { position: 6n }],
    ["direction", { direction: "credit" }],
    ["amount", { money: { amountMinor: 501n, currency: "OMR" } }],
    ["currency", { money: { amountMinor: 500n, currency: "KWD" } }],
    ["balance", { balanceAfterMinor: 9_501n }],
    ["time", { postedAtMs: 1_235 }],
  ] as const)("changes with its %s", (_, change) => {
    expect(hashOf({ ...debit, ...change }, "before")).not.toBe(hashOf(debit, "before"));
  });

  it("changes with the hash before it", () => {
    expect(hashOf(debit, "a")).not.toBe(hashOf(debit, "b"));
  });
});
