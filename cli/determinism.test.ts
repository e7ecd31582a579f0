import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { findScenario } from "../scenarios/catalogue.ts";
import type { Plan } from "../scenarios/plans/plan.ts";
import { encodeReplayFile } from "../scenarios/plans/replay-file.ts";
import { compareTraces } from "../sim/kernel/compare-traces.ts";
import type { TraceRecord } from "../sim/kernel/trace.ts";
import { fetchNode } from "../tools/node/fetch-node.mjs";
import { digestOf } from "./product.ts";
import { falconpay, withFolder } from "./testing/command-line.ts";
import { readTraceLines } from "./testing/trace-lines.ts";

/** The determinism gate: the same plans, in other processes and on other versions of Node. */
describe("the same plan", () => {
  const nodes = new Map<string, string>();

  beforeAll(async () => {
    nodes.set("this Node, once more", process.execPath);
    for (const major of [22, 24, 26]) {
      if (!process.version.startsWith(`v${major}.`)) {
        nodes.set(`Node ${major}`, await fetchNode({ major }));
      }
    }
  }, 120_000);

  const seeds = { first: 1, last: 4 };

  it("gives the same evidence, byte for byte, in two processes and on Node 22, 24 and 26", async () => {
    const here = await sweepOn(process.execPath);
    expect(here).toContain('"traceHash"');
    for (const [name, node] of nodes) {
      const there = await sweepOn(node);
      const difference = there === here ? "none" : await firstDifference(node);
      expect(`${name}: ${difference}`).toBe(`${name}: none`);
    }
  }, 120_000);

  it("leaves the same trace, event for event, in another process", async () => {
    const [plan] = plansOf({ first: 3, last: 3 });
    expect(await differenceOf(plan, process.execPath)).toBeUndefined();
  }, 120_000);

  it("gives another hash for other seeds", async () => {
    const one = await sweepOn(process.execPath, "1..2");
    const other = await sweepOn(process.execPath, "2..3");
    expect(hashIn(one)).not.toBe(hashIn(other));
  }, 60_000);

  async function sweepOn(node: string, range = `${seeds.first}..${seeds.last}`): Promise<string> {
    return withFolder(async (folder) => {
      const commandLine = ["run", "transfer", "--seeds", range, "--json", "--out", folder];
      const { code, stdout, stderr } = await falconpay(commandLine, { node });
      expect(code, stderr).toBe(0);
      // Made on another Node, at another time: nothing else may differ.
      const same = stdout.replace(/,\n {2}"made": \{[^}]*\}\n\}\n$/, "");
      expect(same).not.toBe(stdout);
      return same;
    });
  }

  /** Names the first event in which a plan goes another way on that Node. */
  async function firstDifference(node: string): Promise<string> {
    for (const plan of plansOf(seeds)) {
      const difference = await differenceOf(plan, node);
      if (difference !== undefined) {
        return difference;
      }
    }
    return "the evidence differs, and none of the plans tried does";
  }

  async function differenceOf(plan: Plan | undefined, node: string): Promise<string | undefined> {
    if (plan === undefined) {
      throw new Error("there is no plan to compare");
    }
    return withFolder(async (folder) => {
      const file = join(folder, "plan.json");
      const expected = { promise: "none", traceHash: null };
      const writtenBy = { product: "none", code: "none" };
      writeFileSync(file, encodeReplayFile({ plan, expected, writtenBy }, digestOf));
      const here = await traceOn(process.execPath, folder, file);
      const there = await traceOn(node, folder, file);
      return compareTraces(here, there)?.text;
    });
  }

  async function traceOn(node: string, folder: string, file: string): Promise<TraceRecord> {
    const traceFile = join(folder, "trace.jsonl");
    const { stdout } = await falconpay(["replay", file, "--trace", traceFile], { node });
    const lines = readFileSync(traceFile, "utf8").trimEnd().split("\n");
    return readTraceLines(lines, /trace ([0-9a-f]+)/.exec(stdout)?.[1] ?? "no hash");
  }
});

/**
 * Plans of the scenario that need not be those of the sweep: any will show where two worlds part.
 */
function plansOf({ first, last }: { first: number; last: number }): readonly Plan[] {
  const scenario = findScenario("transfer");
  if (scenario === undefined) {
    throw new Error("there is no scenario transfer");
  }
  return fc
    .sample(scenario.drafts, { seed: first, numRuns: last - first + 1 })
    .map((draft, index) => ({ scenario: "transfer", seed: first + index, mutant: null, ...draft }));
}

function hashIn(evidence: string): string | undefined {
  return /\n {2}"traceHash": "([0-9a-f]+)"/.exec(evidence)?.[1];
}
