import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { decodeEvidence } from "../reports/evidence/evidence-codec.ts";
import { SCENARIOS } from "../scenarios/catalogue.ts";
import { falconpay, withFolder } from "./testing/command-line.ts";

const NAMES = SCENARIOS.map(({ name }) => name);

it("run all ends with a verdict, an evidence, a page and a JUnit of every scenario", async () => {
  await withFolder(async (folder) => {
    const line = ["run", "all", "--seeds", "1..2", "--workers", "1", "--out", folder];
    const { code, stdout, stderr } = await falconpay(line);
    expect(code, stderr).toBe(0);
    for (const name of NAMES) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +PASS +2 `, "m"));
    }
    expect(stdout).toMatch(/PASS {2}Every promise held in every scenario, in \d+ runs/);
    expect(readdirSync(folder)).toEqual(["evidence.json", "junit.xml", "report.html"]);

    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const evidence: unknown = JSON.parse(read("evidence.json"));
    expect(evidence).toMatchObject({
      format: "falconpay-evidence-of-all",
      verdict: "pass",
      command: "npm run falconpay -- run all --seeds 1..2",
      scenarios: NAMES.map((name) => ({
        command: `npm run falconpay -- run ${name} --seeds 1..2`,
        seeds: { first: 1, last: 2, completed: 2 },
      })),
    });
    for (const each of partsOf(evidence)) {
      const { seenToFail } = decodeEvidence(JSON.stringify(each), "a part");
      expect(seenToFail.map(({ promise }) => promise)).not.toContain(null);
    }
    expect(read("junit.xml").match(/<testsuite /g)).toHaveLength(NAMES.length);
    expect(read("report.html").match(/class="scenario"/g)).toHaveLength(NAMES.length);
  });
}, 300_000);

function partsOf(evidence: unknown): readonly unknown[] {
  const parts: unknown =
    typeof evidence === "object" && evidence !== null ? Reflect.get(evidence, "scenarios") : null;
  return Array.isArray(parts) ? parts : [];
}
