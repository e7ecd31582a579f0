import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { crashAt, samplePlan, sampleTransfer } from "../testing/sample-plan.ts";
import type { Plan } from "./plan.ts";
import { decodeReplayFile, encodeReplayFile, type ReplayFile } from "./replay-file.ts";

const REPLAY: ReplayFile = {
  plan: samplePlan({
    seed: 3,
    commands: [sampleTransfer()],
    faults: [
      crashAt("payment-1/payment-db/accept.commit#1", "after"),
      { kind: "lost-reply", effect: "wallet-1/kafka/produce#1" },
      { kind: "pause", trigger: { on: "time", process: "wallet-1", atMs: 7 }, lastsMs: 9 },
    ],
    mutant: "F0",
  }),
  expected: { promise: "ends", traceHash: "00ff" },
  writtenBy: { product: "1.2.3", code: "c0de" },
};

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const encode = (file: ReplayFile) => encodeReplayFile(file, digest);
const decode = (text: string) => decodeReplayFile(text, "a.json", digest);

const withPlan = (change: Partial<Plan>): ReplayFile => ({
  ...REPLAY,
  plan: { ...REPLAY.plan, ...change },
});

const changed = (from: string, to: string) => encode(REPLAY).replace(from, to);

const SLOW_STOP = {
  kind: "stop",
  trigger: { on: "time", process: "payment-1", atMs: 0 },
  restartAfterMs: 30_000,
} as const;

describe("a replay file", () => {
  it("is read back as it was written", () => {
    expect(decode(encode(REPLAY))).toEqual({ ...REPLAY, isAsWritten: true });
  });

  it("is as it was written whatever its layout, and is not once anything that it says was changed", () => {
    const anew: unknown = JSON.parse(encode(REPLAY));
    expect(decode(JSON.stringify(anew)).isAsWritten).toBe(true);
    for (const [from, to] of [
      ['"amount": "1.000"', '"amount": "1.001"'],
      ['"mutant": "F0"', '"mutant": null'],
      ['"traceHash": "00ff"', '"traceHash": "ff00"'],
      ['"code": "c0de"', '"code": "c0d3"'],
    ] as const) {
      expect(changed(from, to)).not.toBe(encode(REPLAY));
      expect(decode(changed(from, to)).isAsWritten).toBe(false);
    }
  });

  it.each([
    ["", /a\.json is not a replay file: not JSON/],
    [encode(REPLAY).slice(0, 200), /a\.json is not a replay file: not JSON/],
    ["[]", /a\.json is not a replay file: expected "format": "falconpay-replay"/],
    [changed("falconpay-replay", "falconpay-evidence"), /expected "format": "falconpay-replay"/],
    [
      changed('"version": 9', '"version": 10'),
      /is of version 10; .* version 9: use a newer falconpay/,
    ],
    [
      changed('"version": 9', '"version": 8'),
      /is of version 8; .* reads version 9: run its scenario/,
    ],
    [changed('"atMs": 0', '"atMs": -1'), /damaged: \/plan\/commands\/0\/atMs must be >= 0/],
    [changed('"atMs": 0', '"atMs": 3000000000'), /\/plan\/commands\/0\/atMs must be <= 3600000/],
    [
      changed('"restartAfterMs": 300', '"restartAfterMs": 3000000000'),
      /\/plan\/faults\/0\/restartAfterMs must be <= 60000/,
    ],
    [changed('"kind": "crash"', '"kind": "flood"'), /faults\/0\/kind is none of: "crash", "lost/],
    [changed('"amount": "1.000"', '"amount": "1e5"'), /commands\/0\/amount: amount "1e5" is not/],
    [changed('"amount": "1.000"', '"amount": "0.000"'), /commands\/0\/amount: .* not more than/],
    [changed('"amount": "1.000"', '"amount": "1.0000"'), /commands\/0\/amount: .* 4 decimals/],
    [
      changed(
        '"amount": "1.000",\n        "currency": "OMR"',
        '"amount": "1.000", "currency": "XXX"',
      ),
      /commands\/0\/currency: currency "XXX" is not one of: OMR/,
    ],
    [
      changed('"funding": "10.000"', '"funding": "abc"'),
      /wallets\/0\/funding: amount "abc" is not/,
    ],
    [changed('"currency": "OMR"', '"currency": "XXX"'), /wallets\/0\/currency: currency "XXX"/],
    [changed('"id": "fatma"', '"id": "fat ma"'), /wallets\/1\/id: "fat ma" is not 1 to 64/],
    [
      changed('"idempotencyKey": "p1"', '"idempotencyKey": "p\\n1"'),
      /commands\/0\/idempotencyKey: "p\\n1" is not of visible ASCII/,
    ],
    [
      changed('"senderWalletId": "salim"', '"senderWalletId": ""'),
      /commands\/0\/senderWalletId: "" is not 1 to 64/,
    ],
    [changed('"wallet-api",', ""), /\/plan\/topology: no process answers the wallet service's/],
    [changed('"side": "after"', '"side": "later"'), /damaged: \/plan\/faults\/0/],
    [
      changed("wallet-1/kafka/produce#1", "wallet-1/kafka/deliver#1"),
      /damaged: \/plan\/faults\/1: .* has no reply/,
    ],
    [
      changed("accept.commit#1", "accept.commit"),
      /faults\/0: "payment-1.* is not the name of an effect/,
    ],
    [
      changed('"process": "wallet-1"', '"process": "wallet-2"'),
      /faults\/2: no process is named wallet-2; there are: payment-1, wallet-1/,
    ],
    [changed('"name": "wallet-1"', '"name": "payment-1"'), /topology\/1\/name: payment-1 is/],
    [
      changed('"name": "wallet-1"', '"name": "kafka-1"'),
      /1\/name: kafka-1 is the name of something/,
    ],
    [changed('"payment-api",', ""), /topology: no process answers the payment service's clients/],
    [changed('"wallet-relay"', '"wallet-relais"'), /damaged: \/plan\/topology\/1\/roles\/2/],
    [
      changed('"sessionTimeoutMs": 6000', '"sessionTimeoutMs": 500'),
      /damaged: \/plan\/knobs\/sessionTimeoutMs must be >= 6000/,
    ],
    [
      changed('"consumeRetryDelayMs": 100', '"consumeRetryDelayMs": 1500'),
      /damaged: \/plan\/knobs: a message may be tried again for 6000 ms/,
    ],
    [changed('"seed": 3,', '"seed": 3, "sed": 3,'), /damaged: \/plan\/sed is not known here/],
    [
      encode(withPlan({ commands: Array.from({ length: 10_001 }, () => sampleTransfer()) })),
      /damaged: \/plan\/commands: 10001 of them; 10000 are the limit of a plan/,
    ],
    [
      encode(withPlan({ faults: Array.from({ length: 100 }, () => SLOW_STOP) })),
      /damaged: \/plan\/faults: 5500000 ms of outages; 3600000 ms are the limit/,
    ],
    [changed('"relayPollMs": 5000', '"relayPollMs": 60001'), /damaged: \/plan\/knobs\/relayPollMs/],
    [
      changed('"kind": "random"', '"kind": "sorted"'),
      /damaged: \/plan\/schedule\/kind is none of: "fifo", "random", "pct", "listed"/,
    ],
    [changed('"windowUs": 0', '"windowUs": -1'), /damaged: \/plan\/schedule\/windowUs/],
    [changed('"seed": 3,', ""), /damaged: \/plan must have required properties seed/],
  ])("that is not one is refused with what was expected", (text, message) => {
    expect(() => decode(text)).toThrow(message);
  });
});
