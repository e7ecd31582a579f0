import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Plan } from "../scenarios/plans/plan.ts";
import { encodeReplayFile, type ReplayFile } from "../scenarios/plans/replay-file.ts";
import { crashAt, samplePlan, sampleTransfer } from "../scenarios/testing/sample-plan.ts";
import { codeDigest, digestOf } from "./product.ts";
import { falconpayHere, withFolder, type Ended } from "./testing/command-line.ts";

/** Loses the event of its one payment. */
const F0 = {
  commands: [sampleTransfer()],
  faults: [crashAt("payment-1/payment-db/accept.commit#1", "after")],
  mutant: "F0",
};

function fileOf(change: Partial<Plan>, more: Partial<ReplayFile> = {}): ReplayFile {
  return {
    plan: samplePlan(change),
    expected: { promise: "ends", traceHash: null },
    writtenBy: { product: "0.1.0", code: codeDigest() },
    ...more,
  };
}

function replay(file: ReplayFile, change = (text: string) => text): Promise<Ended> {
  return withFolder((folder) => {
    const path = join(folder, "ends-1.json");
    writeFileSync(path, change(encodeReplayFile(file, digestOf)));
    return falconpayHere(["replay", path]);
  });
}

const recording = (traceHash: string) => ({ expected: { promise: "ends", traceHash } });

describe("a replay in which nothing broke is judged as a run is", () => {
  it("and proves nothing when its fault never fires", async () => {
    const faults = [crashAt("payment-1/payment-db/accept.commit#9", "after")];
    const { code, stdout } = await replay(fileOf({ commands: [sampleTransfer()], faults }));
    expect(stdout).toContain("nothing broke, and this proves nothing:");
    expect(stdout).toContain("1 of 1 planned crashes never fired.");
    expect(code).toBe(5);
  });

  it("and proves nothing when no payment is made", async () => {
    const { code, stdout } = await replay(fileOf({}));
    expect(stdout).toContain("No payment was made, so nothing was exercised.");
    expect(code).toBe(5);
  });

  it("and is a pass when something was exercised", async () => {
    const { code, stdout } = await replay(fileOf({ commands: [sampleTransfer()] }));
    expect(stdout).toContain("every promise held this time; recorded was that ends broke");
    expect(code).toBe(0);
  });
});

describe("a replay says apart", () => {
  it("the promise that was recorded and another one", async () => {
    const again = await replay(fileOf(F0));
    expect(again.stdout).toContain("broken again: ends, published (mutant F0)");
    const expected = { promise: "no-overdraft", traceHash: null };
    const other = await replay(fileOf(F0, { expected }));
    expect(other.stdout).toContain(
      "another promise broke than was recorded: ends, published (mutant F0); recorded was no-overdraft",
    );
    expect(other.stdout).toContain("Finds ends broken");
    expect([again.code, other.code]).toEqual([1, 1]);
  });

  it("a changed file, changed code, and one plan with two traces", async () => {
    const hash = /trace ([0-9a-f]+)/.exec((await replay(fileOf(F0))).stdout)?.[1] ?? "none";
    const same = await replay(fileOf(F0, recording(hash)));
    expect(same.stdout).toContain(`trace ${hash}, as recorded`);

    const edited = await replay(fileOf(F0, recording(hash)), (text) =>
      text.replace('"amount": "1.000"', '"amount": "2.000"'),
    );
    expect(edited.stdout).toContain("the file was changed since falconpay 0.1.0 wrote it");

    const writtenBy = { product: "0.0.9", code: "0ther" };
    const older = await replay(fileOf(F0, { ...recording("00"), writtenBy }));
    expect(older.stdout).toContain(
      `trace ${hash}, recorded was 00: the code has changed since (then falconpay 0.0.9, code 0ther; now code ${codeDigest()})`,
    );

    const split = await replay(fileOf(F0, recording("00")));
    expect(split.stdout).toContain("by the same code: the simulation is not deterministic");
    expect([same.code, edited.code, older.code, split.code]).toEqual([1, 1, 1, 3]);
  });
});

describe("a replay file is refused, with the place and exit code 2, in both worlds", () => {
  it.each<[string, Partial<Plan>, string]>([
    ["an unknown scenario", { scenario: "tranfser" }, '/plan/scenario: there is no scenario "tra'],
    ["an unknown mutant", { mutant: "F99" }, '/plan/mutant: this falconpay has no mutant "F99"'],
    [
      "an amount that is none",
      { commands: [sampleTransfer({ amount: "1e5" })] },
      '/plan/commands/0/amount: amount "1e5" is not a plain decimal',
    ],
    [
      "a key with a line break",
      { commands: [sampleTransfer({ idempotencyKey: "a\nb" })] },
      "/plan/commands/0/idempotencyKey: ",
    ],
    [
      "a restart after 35 days",
      { faults: [crashAt("payment-1/payment-db/accept.commit#1", "after", 3e9)] },
      "/plan/faults/0/restartAfterMs must be <= 60000",
    ],
  ])("%s", async (_what, change, message) => {
    await withFolder(async (folder) => {
      const path = join(folder, "a.json");
      writeFileSync(path, encodeReplayFile(fileOf(change), digestOf));
      for (const world of ["sim", "real"]) {
        const { code, stderr } = await falconpayHere(["replay", path, "--world", world]);
        expect(stderr).toContain(message);
        expect(code).toBe(2);
      }
      expect(readFileSync(path, "utf8")).toContain('"digest"');
    });
  });
});
