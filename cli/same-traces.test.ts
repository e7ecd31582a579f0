import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { beforeAll, describe, expect, it } from "vitest";
import { FAULT_KINDS } from "../scenarios/faults/fault.ts";
import { compareTraces } from "../sim/kernel/compare-traces.ts";
import type { TraceRecord } from "../sim/kernel/trace.ts";
import { fetchNode } from "../tools/node/fetch-node.mjs";
import { determinismPlan, DISTURBANCES, disturbancesOf } from "./testing/determinism-plans.ts";
import { readTraceLines } from "./testing/trace-lines.ts";

const PLANS = Number(process.env["DETERMINISM_PLANS"] ?? (process.env["CI"] === "true" ? 200 : 24));
const SEEDS = Array.from({ length: PLANS }, (_, index) => index + 1);

const entry = fileURLToPath(new URL("./testing/trace-hashes.ts", import.meta.url));

/** By seed. */
type Hashes = ReadonlyMap<string, string>;

/** The proof of determinism: plans of every scenario, disturbed, under every strategy. */
describe(`${PLANS} plans with every kind of fault`, () => {
  let here: Hashes;

  beforeAll(async () => {
    here = await hashesInProcess(process.execPath, SEEDS);
  }, 300_000);

  it("have every kind of fault of a plan, and everything that is done to networks and clocks", () => {
    const kinds = SEEDS.flatMap((seed) => determinismPlan(seed).faults.map(({ kind }) => kind));
    expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS.map(({ kind }) => kind)));
    expect(new Set(SEEDS.flatMap((seed) => disturbancesOf(seed)))).toEqual(new Set(DISTURBANCES));
  });

  it("leave as many different traces", () => {
    expect(new Set(here.values()).size).toBe(PLANS);
  });

  it("leave the same in another process that runs them the other way round", async () => {
    const there = await hashesInProcess(process.execPath, SEEDS.toReversed());
    expect(await differenceTo(there, process.execPath)).toBe("none");
  }, 300_000);

  it("leave the same in two worker threads at once", async () => {
    const [even, odd] = await Promise.all([
      hashesInThread(SEEDS.filter((seed) => seed % 2 === 0)),
      hashesInThread(SEEDS.filter((seed) => seed % 2 === 1)),
    ]);
    expect(await differenceTo(new Map([...even, ...odd]), process.execPath)).toBe("none");
  }, 300_000);

  it.each([22, 24, 26].filter((major) => !process.version.startsWith(`v${major}.`)))(
    "leave the same on Node %d",
    async (major) => {
      const node = await fetchNode({ major });
      expect(await differenceTo(await hashesInProcess(node, SEEDS), node)).toBe("none");
    },
    300_000,
  );

  async function differenceTo(there: Hashes, node: string): Promise<string> {
    const differing = SEEDS.find((seed) => here.get(`${seed}`) !== there.get(`${seed}`));
    return differing === undefined ? "none" : await firstDifference(differing, node, there);
  }
});

/** What the plan of that seed does otherwise there, when it is run alone. */
async function firstDifference(seed: number, node: string, there: Hashes): Promise<string> {
  const difference = compareTraces(
    await traceInProcess(process.execPath, seed),
    await traceInProcess(node, seed),
  );
  return difference?.text ?? `plan ${seed} left ${there.get(`${seed}`)} behind other plans only`;
}

async function hashesInProcess(node: string, seeds: readonly number[]): Promise<Hashes> {
  return parse(await linesOf(node, seeds.map(String)));
}

async function traceInProcess(node: string, seed: number): Promise<TraceRecord> {
  const lines = await linesOf(node, ["--trace", `${seed}`]);
  const [, hash = "no hash"] = lines.at(-1)?.split(" ") ?? [];
  return readTraceLines(lines.slice(0, -1), hash);
}

async function linesOf(node: string, parts: readonly string[]): Promise<readonly string[]> {
  const flags = ["--disable-warning=ExperimentalWarning", entry, ...parts];
  const { stdout } = await promisify(execFile)(node, flags, { maxBuffer: 2 ** 28 });
  return stdout.trimEnd().split("\n");
}

function hashesInThread(seeds: readonly number[]): Promise<Hashes> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const worker = new Worker(entry, { workerData: seeds.map(String) });
    worker.on("message", (line: string) => lines.push(line));
    worker.on("error", reject);
    worker.on("exit", () => resolve(parse(lines)));
  });
}

function parse(lines: readonly string[]): Hashes {
  return new Map(
    lines.map((line) => {
      const [seed = "", hash = ""] = line.split(" ");
      return [seed, hash];
    }),
  );
}
