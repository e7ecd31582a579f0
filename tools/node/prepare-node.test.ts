import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";

test("a Node that is new enough is left alone, without a word", () => {
  const script = join(import.meta.dirname, "prepare-node.mjs");
  const result = spawnSync(process.execPath, [script], { encoding: "utf8" });
  expect(result).toMatchObject({ status: 0, stdout: "", stderr: "" });
});
