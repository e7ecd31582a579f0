import { describe, expect, it } from "vitest";
import { decodeReplayFile, encodeReplayFile, type ReplayFile } from "./replay-file.ts";

const REPLAY: ReplayFile = {
  plan: {
    scenario: "transfer",
    seed: 3,
    wallets: [{ id: "salim", funding: "10.000", currency: "OMR" }],
    commands: [
      {
        atMs: 0,
        idempotencyKey: "p1",
        senderWalletId: "salim",
        receiverWalletId: "fatma",
        amount: "50.000",
        currency: "OMR",
      },
    ],
    faults: [
      {
        kind: "crash",
        effect: "payment-1/payment-db/accept.commit#1",
        when: "after",
        restartAfterMs: 50,
      },
    ],
    topology: [
      { name: "payment-1", roles: ["payment-api", "payment-relay", "payment-settle"] },
      { name: "wallet-1", roles: ["wallet-api", "wallet-transfer", "wallet-relay"] },
    ],
    knobs: {
      relayBatchMax: 1,
      relayPollMs: 20,
      consumeAttemptsMax: 5,
      consumeRetryDelayMs: 100,
      sessionTimeoutMs: 6_000,
    },
    mutant: "F0",
  },
  expected: { promise: "ends", traceHash: "00ff" },
};

const changed = (from: string, to: string) => encodeReplayFile(REPLAY).replace(from, to);

describe("a replay file", () => {
  it("is read back as it was written", () => {
    expect(decodeReplayFile(encodeReplayFile(REPLAY), "a.json")).toEqual(REPLAY);
  });

  it.each([
    ["", /a\.json is not a replay file: not JSON/],
    [encodeReplayFile(REPLAY).slice(0, 200), /a\.json is not a replay file: not JSON/],
    ["[]", /a\.json is not a replay file: expected "format": "falconpay-replay"/],
    [changed("falconpay-replay", "falconpay-evidence"), /expected "format": "falconpay-replay"/],
    [
      changed('"version": 2', '"version": 3'),
      /is of version 3; .* version 2: use a newer falconpay/,
    ],
    [
      changed('"version": 2', '"version": 1'),
      /is of version 1; .* reads version 2: run its scenario/,
    ],
    [changed('"atMs": 0', '"atMs": -1'), /damaged: \/plan\/commands\/0\/atMs must be >= 0/],
    [changed('"when": "after"', '"when": "later"'), /damaged: \/plan\/faults\/0\/when/],
    [changed('"wallet-relay"', '"wallet-relais"'), /damaged: \/plan\/topology\/1\/roles\/2/],
    [changed('"seed": 3,', '"seed": 3, "sed": 3,'), /damaged: \/plan\/sed schema is false/],
    [changed('"seed": 3,', ""), /damaged: \/plan must have required properties seed/],
  ])("that is not one is refused with what was expected", (text, message) => {
    expect(() => decodeReplayFile(text, "a.json")).toThrow(message);
  });
});
