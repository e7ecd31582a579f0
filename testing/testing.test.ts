import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { digestOf } from "../cli/product.ts";
import { commitThenEmit } from "../scenarios/mutants/commit-then-emit.ts";
import { subjectOf } from "../scenarios/plans/commands/command.ts";
import type { Plan } from "../scenarios/plans/plan.ts";
import { decodeReplayFile } from "../scenarios/plans/replay-file.ts";
import { brokenPromises, runPlan } from "../scenarios/runs/run-plan.ts";
import { crashAt, samplePlan, sampleTransfer } from "../scenarios/testing/sample-plan.ts";
import { createSimulatedWorld } from "../sim/world/world.ts";
import { DRAWN_FAULTS, faults, plans, workloads } from "./arbitraries.ts";
import { readEnvironment } from "./environment.ts";
import { forAllPlans, type SuiteOptions } from "./testing.ts";

/** It commits, and then sends the event: a crash in between loses it. */
const { parts } = commitThenEmit;
const crashes = plans({ workload: workloads({ commandsMax: 10 }), faults: faults(["crash"]) });

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "falconpay-suite-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(out, { recursive: true });
});

/** What the suite's error says; empty when it holds. */
async function failureText(options: SuiteOptions, property = keepsPromises): Promise<string> {
  return forAllPlans(crashes, property, { out, ...options }).then(
    () => "",
    (error: unknown) => (error instanceof Error ? error.message : "no error"),
  );
}

const keepsPromises: Parameters<typeof forAllPlans>[1] = (run) => expect(run).toKeepItsPromises();

function planIn(text: string): Plan {
  const [, file = ""] = /([^ =]*\.json)/.exec(text) ?? [];
  return decodeReplayFile(readFileSync(file, "utf8"), file, digestOf).plan;
}

describe("a suite that fails", () => {
  it("ends in a plan without any command or fault of which it passes, and says so", async () => {
    const text = await failureText({ ...(parts === undefined ? {} : { parts }), runs: 60 });
    expect(text).toMatch(/^run \d+ of seed 1 failed\nsmallest: .* it passes, each was tried/);
    const plan = planIn(text);
    const world = await createSimulatedWorld({ parts });
    const breaks = async (change: Partial<Plan>) =>
      brokenPromises(await runPlan(world, { ...plan, ...change })).length > 0;
    expect(await breaks({})).toBe(true);
    for (const [index, command] of plan.commands.entries()) {
      const left = plan.commands.filter(
        (each, at) => at < index || subjectOf(each) !== subjectOf(command),
      );
      expect(await breaks({ commands: left })).toBe(false);
    }
    for (const index of plan.faults.keys()) {
      expect(await breaks({ faults: plan.faults.toSpliced(index, 1) })).toBe(false);
    }
    expect(plan.commands[0]?.atMs).toBe(0);
  });

  it("is run again by the file that it left, with its own parts", async () => {
    const options = { ...(parts === undefined ? {} : { parts }), runs: 60 };
    const text = await failureText(options);
    const [, file = ""] =
      /replay: FALCONPAY_REPLAY=(\S+) npx vitest run testing\/testing.test.ts -t "is/.exec(text) ??
      [];
    vi.stubEnv("FALCONPAY_REPLAY", file);
    expect(await failureText(options)).toContain("expected every promise to hold");
    expect(await failureText({})).toBe("");
  });

  it("is run again by its seed and its path, and names the command that replays the services as they are", async () => {
    const isQuiet: typeof keepsPromises = ({ plan }) => {
      expect(plan.commands.length).toBeLessThan(3);
    };
    const text = await failureText({ runs: 5 }, isQuiet);
    expect(planIn(text).commands).toHaveLength(3);
    expect(text).toMatch(/\nreplay: npm run falconpay -- replay \S+property-\d+\.json\n/);
    const [, path = ""] = /FALCONPAY_PATH=(\d+) FALCONPAY_RUNS=1 npx/.exec(text) ?? [];
    vi.stubEnv("FALCONPAY_PATH", path);
    vi.stubEnv("FALCONPAY_RUNS", "1");
    expect(await failureText({}, isQuiet)).toContain(`run ${path} of seed 1 failed`);
    vi.stubEnv("FALCONPAY_RUNS", "0");
    expect(await failureText({}, isQuiet)).toBe("");
  });
});

describe("a matcher", () => {
  it("tells the story of what broke, and says which promise did not", async () => {
    const plan = samplePlan({
      commands: [sampleTransfer()],
      faults: [crashAt("payment-1/payment-db/accept.commit#1", "after")],
    });
    const run = await runPlan(await createSimulatedWorld({ parts }), plan);
    expect(run).toBreak("ends");
    expect(run).not.toKeepItsPromises();
    expect(run).toFireEveryFault();
    expect(() => expect(run).toKeepItsPromises()).toThrow(
      /ends broken: payment p1 is still PENDING[^]*Killed after/,
    );
    expect(() => expect(run).toBreak("balanced")).toThrow("these broke: ends, published");
  });

  it("names the fault that never fired", async () => {
    const faultless = samplePlan({
      commands: [sampleTransfer()],
      faults: [crashAt("payment-1/kafka/produce#9", "before")],
    });
    const run = await runPlan(await createSimulatedWorld(), faultless);
    expect(() => expect(run).toFireEveryFault()).toThrow("payment-1/kafka/produce#9");
  });
});

describe("what is drawn", () => {
  it("has every kind of fault, and of each kind alone only that", () => {
    const kindsOf = (drafts: ReturnType<typeof plans>) =>
      new Set(
        fc
          .sample(drafts, { seed: 1, numRuns: 60 })
          .flatMap((draft) => draft.faults.map(({ kind }) => kind)),
      );
    expect(kindsOf(plans())).toEqual(new Set(DRAWN_FAULTS));
    expect(kindsOf(plans({ faults: faults(["outage", "crash"]) }))).toEqual(
      new Set(["outage", "crash"]),
    );
    expect(kindsOf(plans({ faults: faults([]) }))).toEqual(new Set());
  });
});

describe("the environment", () => {
  it("decides seed, path, runs and minutes", () => {
    expect(readEnvironment({})).toEqual({
      seed: 1,
      path: 0,
      runs: undefined,
      minutes: undefined,
      replay: undefined,
    });
    const all = {
      FALCONPAY_SEED: "7",
      FALCONPAY_PATH: "3",
      FALCONPAY_RUNS: "9",
      FALCONPAY_MINUTES: "2",
    };
    expect(readEnvironment(all)).toMatchObject({ seed: 7, path: 3, runs: 9, minutes: 2 });
    expect(readEnvironment({ FALCONPAY_SEED: "fresh" }).seed).toBeGreaterThan(1);
  });

  it("is refused where it says no number", () => {
    expect(() => readEnvironment({ FALCONPAY_RUNS: "many" })).toThrow(
      "FALCONPAY_RUNS=many: expected a whole number",
    );
  });
});
