import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Plan } from "../scenarios/plans/plan.ts";
import { encodeReplayFile } from "../scenarios/plans/replay-file.ts";
import { crashAt, samplePlan, sampleTransfer } from "../scenarios/testing/sample-plan.ts";
import { digestOf } from "./product.ts";
import { falconpayHere, withFolder } from "./testing/command-line.ts";

function fileIn(folder: string, change: Partial<Plan>): string {
  const file = join(folder, "plan.json");
  const plan = samplePlan({ commands: [sampleTransfer()], ...change });
  const expected = { promise: "none", traceHash: null };
  const writtenBy = { product: "none", code: "none" };
  writeFileSync(file, encodeReplayFile({ plan, expected, writtenBy }, digestOf));
  return file;
}

it("says that all schedules within the bounds were tried, and how many those are", async () => {
  await withFolder(async (folder) => {
    const { code, stdout } = await falconpayHere(["schedules", fileIn(folder, {})]);
    expect(stdout).toMatch(/^tried all \d+ schedules within the bounds: \d+ different traces\n/);
    expect(code).toBe(0);
  });
});

it("says how many of how many, where there were more", async () => {
  await withFolder(async (folder) => {
    const bounds = ["--window", "200", "--choices", "30", "--runs", "4"];
    const { code, stdout } = await falconpayHere(["schedules", fileIn(folder, {}), ...bounds]);
    expect(stdout).toMatch(/^tried 4 of at least \d\d+ schedules/);
    expect(stdout).toContain("runs had more choices than --choices");
    expect(code).toBe(0);
  });
});

it("ends at a schedule that breaks a promise, and writes it down to be replayed", async () => {
  await withFolder(async (folder) => {
    const faults = [crashAt("payment-1/payment-db/accept.commit#1", "after")];
    const file = fileIn(folder, { faults, mutant: "F0" });
    const { code, stdout } = await falconpayHere(["schedules", file, "--out", folder]);
    expect(stdout).toContain("broken in the last of them: ends, published");
    expect(code).toBe(1);
    const [, written = ""] = /replay: npm run falconpay -- replay (.*)\n/.exec(stdout) ?? [];
    const replayed = await falconpayHere(["replay", written]);
    expect(replayed.stdout).toMatch(
      /broken again: ends, published.*\ntrace [0-9a-f]+, as recorded/,
    );
  });
});
