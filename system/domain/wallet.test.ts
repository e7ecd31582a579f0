import { describe, expect, it } from "vitest";
import { decideTransfer } from "./wallet.ts";

const omr = (amountMinor: bigint) => ({ amountMinor, currency: "OMR" }) as const;
const wallet = (id: string, amountMinor: bigint) => ({
  id,
  ownerId: `owner of ${id}`,
  balance: omr(amountMinor),
  frozen: false,
  entryCount: 1n,
  lastEntryHash: "",
});
const payment = (senderWalletId: string, receiverWalletId: string, amountMinor: bigint) => ({
  id: "p1",
  senderWalletId,
  receiverWalletId,
  money: omr(amountMinor),
  orderedBy: `owner of ${senderWalletId}`,
  orderedAs: "owner" as const,
});

const USD = { amountMinor: 10_000n, currency: "USD" } as const;
const salim = wallet("salim", 10_000n);
const fatma = wallet("fatma", 100_000n);

describe("decideTransfer", () => {
  it.each([10_000n, 50_000n])(
    "refuses to send from another's wallet, and tells nothing of it: %s baisa",
    (amountMinor) => {
      const asked = { ...payment("salim", "fatma", amountMinor), orderedBy: "owner of fatma" };
      const frozen = { ...salim, frozen: true };
      for (const sender of [salim, frozen, { ...salim, ownerId: null }]) {
        const decision = decideTransfer(asked, { sender, receiver: fatma });
        expect(decision).toEqual({ kind: "refuse", reason: "not_owner" });
      }
    },
  );

  it("sends for an operator from anybody's", () => {
    const order = { orderedBy: "teller", orderedAs: "operator" } as const;
    const asked = { ...payment("salim", "fatma", 1n), ...order };
    const decision = decideTransfer(asked, { sender: salim, receiver: fatma });
    expect(decision).toEqual({ kind: "move", from: salim, to: fatma });
  });

  it("refuses 50 OMR from a wallet that holds 10 OMR", () => {
    const decision = decideTransfer(payment("salim", "fatma", 50_000n), {
      sender: salim,
      receiver: fatma,
    });
    expect(decision).toEqual({ kind: "refuse", reason: "insufficient_balance" });
  });

  it("moves the last baisa", () => {
    const decision = decideTransfer(payment("salim", "fatma", 10_000n), {
      sender: salim,
      receiver: fatma,
    });
    expect(decision).toEqual({ kind: "move", from: salim, to: fatma });
  });

  it("fills a wallet up to what can be kept, and refuses a baisa more", () => {
    const full = wallet("rich", 999_999_999_999_999n);
    const parties = { sender: salim, receiver: full };
    expect(decideTransfer(payment("salim", "rich", 1n), parties)).toEqual({
      kind: "move",
      from: salim,
      to: full,
    });
    expect(decideTransfer(payment("salim", "rich", 2n), parties)).toEqual({
      kind: "refuse",
      reason: "limit_exceeded",
    });
  });

  it("refuses a transfer from a wallet to itself", () => {
    const parties = { sender: salim, receiver: salim };
    expect(decideTransfer(payment("salim", "salim", 1n), parties)).toEqual({
      kind: "refuse",
      reason: "same_wallet",
    });
  });

  it.each([
    ["sender", { sender: { ...salim, frozen: true }, receiver: fatma }],
    ["receiver", { sender: salim, receiver: { ...fatma, frozen: true } }],
  ])("refuses when the %s is frozen", (_party, parties) => {
    expect(decideTransfer(payment("salim", "fatma", 1n), parties)).toEqual({
      kind: "refuse",
      reason: "frozen_wallet",
    });
  });

  it.each([
    ["sender", { sender: { ...salim, balance: USD }, receiver: fatma }],
    ["receiver", { sender: salim, receiver: { ...fatma, balance: USD } }],
  ])("refuses when the %s holds another currency", (_party, parties) => {
    expect(decideTransfer(payment("salim", "fatma", 1n), parties)).toEqual({
      kind: "refuse",
      reason: "currency_mismatch",
    });
  });

  it.each([
    ["sender", { sender: undefined, receiver: fatma }],
    ["receiver", { sender: salim, receiver: undefined }],
  ])("refuses when the %s is not there", (_party, parties) => {
    expect(decideTransfer(payment("salim", "fatma", 1n), parties)).toEqual({
      kind: "refuse",
      reason: "unknown_wallet",
    });
  });
});
