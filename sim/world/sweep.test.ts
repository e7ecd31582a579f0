import { beforeAll, describe, expect, it } from "vitest";
import { encodeEvidence } from "../../reports/evidence/evidence-codec.ts";
import type { Fault } from "../../scenarios/faults/fault.ts";
import { commitThenEmit } from "../../scenarios/mutants/commit-then-emit.ts";
import type { TransferCommand } from "../../scenarios/plans/commands/transfer.ts";
import { readPlan } from "../../scenarios/plans/plan-schema.ts";
import type { Scenario } from "../../scenarios/plans/scenario.ts";
import { seekBreach, type Search } from "../../scenarios/sweeps/seek-breach.ts";
import type { SweepRequest } from "../../scenarios/sweeps/sweep-request.ts";
import { sweep } from "../../scenarios/sweeps/sweep.ts";
import { crashAt, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { sampleSweep, smallScenario } from "../../scenarios/testing/sample-request.ts";
import { transfer } from "../../scenarios/workloads/transfer.ts";
import type { World } from "../../scenarios/world.ts";
import { startWorkers } from "./workers.ts";
import { createSimulatedWorld } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createSimulatedWorld();
});

const COMMAND = sampleTransfer({ amount: "50.000" });

function scenarioOf(commands: readonly TransferCommand[], faults: readonly Fault[]): Scenario {
  return smallScenario({ commands, faults });
}

function requestOf(change: Partial<SweepRequest>): SweepRequest {
  return sampleSweep(world, change);
}

describe("a sweep", () => {
  it("passes when every promise was judged and held, and every crash fired", async () => {
    const { evidence, replayFiles } = await sweep(requestOf({}));
    expect(evidence.verdict).toBe("pass");
    expect(evidence.totals).toMatchObject({ runs: 3 });
    expect(evidence.faults.map(({ kind }) => kind)).toContain("crash");
    expect(evidence.faults.filter(({ planned, fired }) => fired < planned)).toEqual([]);
    expect(evidence.totals.payments).toBe(evidence.totals.completed + evidence.totals.failed);
    expect(replayFiles).toEqual([]);
  });

  it("gives the same evidence for the same seeds, byte for byte", async () => {
    const [one, other] = [await sweep(requestOf({})), await sweep(requestOf({}))];
    expect(encodeEvidence(one.evidence)).toBe(encodeEvidence(other.evidence));
  });

  it("gives the same evidence with two workers, and finds the same smallest case", async () => {
    const workers = startWorkers(2);
    try {
      const seeds = { first: 1, last: 12 };
      const [here, there] = [
        await sweep(requestOf({ seeds })),
        await sweep(requestOf({ seeds, workers })),
      ];
      expect(encodeEvidence(there.evidence)).toBe(encodeEvidence(here.evidence));

      const broken = {
        seeds: { first: 1, last: 50 },
        mutant: commitThenEmit,
        shrinkRunsMax: 40,
      };
      const [one, other] = [
        await sweep(requestOf(broken)),
        await sweep(requestOf({ ...broken, workers })),
      ];
      expect(other.replayFiles).toEqual(one.replayFiles);
      expect(encodeEvidence(other.evidence)).toBe(encodeEvidence(one.evidence));
    } finally {
      await workers.close();
    }
  });

  it("is unknown when a planned crash never fired", async () => {
    const effect = "payment-1/payment-db/accept.commit#9";
    const fault = crashAt(effect, "after", 50);
    const { evidence } = await sweep(requestOf({ scenario: scenarioOf([COMMAND], [fault]) }));
    expect(evidence.verdict).toBe("unknown");
    expect(evidence.doubts).toEqual(["3 of 3 planned crashes never fired."]);
  });

  it("is unknown when its world cannot make a planned fault, and says so", async () => {
    const weak: World = { ...world, abilities: new Set(["kill"]) };
    const pause = {
      kind: "pause",
      trigger: { on: "time", process: "wallet-1", atMs: 0 },
      lastsMs: 10,
    } as const;
    const { evidence } = await sweep(
      requestOf({ world: weak, scenario: scenarioOf([COMMAND], [pause]) }),
    );
    expect(evidence.verdict).toBe("unknown");
    expect(evidence.doubts).toEqual(["3 of 3 planned pauses cannot be made in this world."]);
    expect(evidence.faultsNotTried).toEqual(
      expect.arrayContaining(["crashes", "lost replies", "orderly stops", "transient errors"]),
    );
    expect(evidence.faultsNotTried).not.toContain("pauses");
  });

  it("judges the promises that its scenario names, and no other", async () => {
    const scenario = { ...scenarioOf([COMMAND], []), promises: ["ends", "conservation"] };
    const { evidence } = await sweep(requestOf({ scenario }));
    expect(evidence.verdict).toBe("pass");
    expect(evidence.promises.map(({ name }) => name)).toEqual(["conservation", "ends"]);
  });

  it("keeps the plan of the smallest case in the evidence, as replay files have it", async () => {
    const { evidence, replayFiles } = await sweep(
      requestOf({ mutant: commitThenEmit, seeds: { first: 1, last: 50 }, shrinkRunsMax: 0 }),
    );
    const read = readPlan(evidence.findings[0]?.smallest.plan);
    expect(read).toEqual({ kind: "plan", plan: replayFiles[0]?.content.plan });
  });

  it("is unknown when nothing was exercised", async () => {
    const { evidence } = await sweep(requestOf({ scenario: scenarioOf([], []) }));
    expect(evidence.verdict).toBe("unknown");
    expect(evidence.doubts[0]).toBe("No payment was made, so nothing was exercised.");
  });

  it("stops at the first failure and shrinks it to one payment and one crash", async () => {
    const { evidence, replayFiles } = await sweep(
      requestOf({ mutant: commitThenEmit, seeds: { first: 1, last: 50 } }),
    );
    expect(evidence.verdict).toBe("fail");
    expect(evidence.totals.runs).toBeLessThan(50);
    expect(evidence.findings[0]).toMatchObject({
      promise: "ends",
      extent: "1 of 1 payment",
      smallest: { commands: 1, faults: 1, isMinimal: true },
    });
    expect(replayFiles[0]?.content.plan.commands).toHaveLength(1);
    expect(replayFiles[0]?.content.expected).toEqual({
      promise: "ends",
      traceHash: evidence.findings[0]?.smallest.traceHash,
    });
  });

  it("goes on past a failure unless it is told to end there, and keeps one of each promise", async () => {
    const mutant = { ...commitThenEmit, breaks: "" };
    const seeds = { first: 1, last: 8 };
    const request = requestOf({ mutant, seeds, bail: false, shrinkRunsMax: 0 });
    const { evidence, replayFiles } = await sweep(request);
    expect(evidence.ended).toBe("complete");
    expect(evidence.totals.runs).toBe(8);
    const promises = evidence.findings.map(({ promise }) => promise);
    expect(promises.length).toBeGreaterThan(1);
    expect(new Set(promises).size).toBe(promises.length);
    expect(replayFiles).toHaveLength(promises.length);
  });

  it("keeps what it has when it is interrupted, a failure that it was shrinking included", async () => {
    const interruption = new AbortController();
    const { evidence } = await sweep(
      requestOf({
        mutant: commitThenEmit,
        seeds: { first: 1, last: 50 },
        signal: interruption.signal,
        onProgress({ kind }) {
          if (kind === "shrink") {
            interruption.abort();
          }
          return Promise.resolve();
        },
      }),
    );
    expect(evidence.verdict).toBe("fail");
    expect(evidence.findings[0]?.smallest.tried).toBe(1);
  });

  it("ends with the error when the testbed itself fails, and shrinks nothing", async () => {
    let runs = 0;
    const broken: World = {
      kind: "sim",
      abilities: new Set(),
      limits: [],
      servers: [],
      run() {
        runs += 1;
        return Promise.reject(new Error("out of order"));
      },
    };
    await expect(sweep(requestOf({ world: broken }))).rejects.toThrow("out of order");
    expect(runs).toBe(1);
  });

  /** A world that is out of order from some run on. */
  function breaksDownAfter(runsMax: number): World {
    let runs = 0;
    return {
      ...world,
      run(plan, drive) {
        runs += 1;
        return runs > runsMax ? Promise.reject(new Error("out of order")) : world.run(plan, drive);
      },
    };
  }

  it("keeps the seeds that were done before an error, and is unknown", async () => {
    const { evidence, error } = await sweep(requestOf({ world: breaksDownAfter(2) }));
    expect(error?.error).toEqual(new Error("out of order"));
    expect(evidence.seeds).toEqual({ first: 1, last: 3, completed: 2 });
    expect(evidence.verdict).toBe("unknown");
    expect(() => encodeEvidence(evidence)).not.toThrow();
  });

  it("keeps a failure when an error ends the search for a smaller case", async () => {
    const failing = requestOf({ mutant: commitThenEmit, seeds: { first: 1, last: 50 } });
    const { evidence: whole } = await sweep({ ...failing, shrinkRunsMax: 0 });
    const { evidence, error, replayFiles } = await sweep({
      ...failing,
      world: breaksDownAfter(whole.totals.runs),
    });
    expect(error?.error).toEqual(new Error("out of order"));
    expect(evidence.verdict).toBe("fail");
    expect(evidence.findings[0]).toMatchObject({ promise: "ends", smallest: { isMinimal: false } });
    expect(replayFiles).toHaveLength(1);
  });
});

describe("what is sought", () => {
  const broken = { scenario: scenarioOf([COMMAND], []), mutant: commitThenEmit };
  const search = (change: Partial<Search>): Search => ({
    ...requestOf({}),
    onRun: async () => {},
    ...change,
  });

  it("is the first seed that breaks a promise, in workers as here", async () => {
    const workers = startWorkers(2);
    try {
      const seeds = { first: 1, last: 40 };
      const here = await seekBreach(search({ scenario: transfer, mutant: commitThenEmit }), seeds);
      const there = await seekBreach(
        search({ scenario: transfer, mutant: commitThenEmit, workers }),
        seeds,
      );
      expect(there).toEqual(here);
      // Not the first of all: others were run before it.
      expect(here).toMatchObject({ promise: "ends", seed: here?.runs });
      expect(here?.runs).toBeGreaterThan(1);
    } finally {
      await workers.close();
    }
  });

  it("is none where every promise holds, and says after how many runs", async () => {
    const seeds = { first: 1, last: 12 };
    expect(await seekBreach(search(broken), seeds)).toEqual({ promise: null, seed: 12, runs: 12 });
  });

  it("is nothing when it is interrupted", async () => {
    const interruption = new AbortController();
    const onRun = async () => interruption.abort();
    const { signal } = interruption;
    const sought = await seekBreach(search({ ...broken, onRun, signal }), { first: 1, last: 12 });
    expect(sought).toBeUndefined();
  });
});
