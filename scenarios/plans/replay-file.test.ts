import { describe, expect, it } from "vitest";
import { crashAt, samplePlan, sampleTransfer } from "../testing/sample-plan.ts";
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
    [changed('"atMs": 0', '"atMs": -1'), /damaged: \/plan\/commands\/0/],
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
    [changed('"seed": 3,', '"seed": 3, "sed": 3,'), /damaged: \/plan\/sed schema is false/],
    [changed('"seed": 3,', ""), /damaged: \/plan must have required properties seed/],
  ])("that is not one is refused with what was expected", (text, message) => {
    expect(() => decodeReplayFile(text, "a.json")).toThrow(message);
  });
});
