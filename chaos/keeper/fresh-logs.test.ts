import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshLogs } from "./fresh-logs.ts";

test("what an earlier world left is taken out, and what is somebody else's stays", async () => {
  const folder = join(mkdtempSync(join(tmpdir(), "falconpay-logs-")), "logs");
  try {
    await freshLogs(folder);
    mkdirSync(join(folder, "run-1"));
    mkdirSync(join(folder, "run-home"));
    for (const name of [
      "run-1/payment-1-1.report",
      "run-1/payment-1.log",
      "postgres.log",
      "kafka-format.log",
      "diary.log",
    ]) {
      writeFileSync(join(folder, name), "");
    }
    await freshLogs(folder);
    expect(readdirSync(folder)).toEqual(["diary.log", "run-home"]);
  } finally {
    rmSync(join(folder, ".."), { recursive: true });
  }
});
