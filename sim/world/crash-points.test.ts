import { beforeAll, describe, expect, it } from "vitest";
import type { CrashPointsEvidence } from "../../reports/evidence/crash-points-evidence.ts";
import { encodeEvidence } from "../../reports/evidence/evidence-codec.ts";
import { commitThenEmit } from "../../scenarios/mutants/commit-then-emit.ts";
import type { PlanDraft, Scenario } from "../../scenarios/plans/scenario.ts";
import type { CrashPointsRequest } from "../../scenarios/sweeps/crash-points/crash-points-request.ts";
import { tryCrashPoints } from "../../scenarios/sweeps/crash-points/crash-points.ts";
import type { SweepResult } from "../../scenarios/sweeps/sweep.ts";
import { crashAt, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { sampleMeans, smallScenario } from "../../scenarios/testing/sample-request.ts";
import type { World } from "../../scenarios/world.ts";
import { startWorkers } from "./workers.ts";
import { createSimulatedWorld } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createSimulatedWorld();
});

/** One payment, and a fault that is not to be there. */
function scenarioOf(change: Partial<PlanDraft> = {}): Scenario {
  const faults = [crashAt("payment-1/payment-db/accept.commit#1", "after")];
  return smallScenario({ commands: [sampleTransfer()], faults, ...change });
}

function requestOf(change: Partial<CrashPointsRequest>): CrashPointsRequest {
  return {
    ...sampleMeans(world),
    scenario: scenarioOf(),
    seed: 1,
    requestsMax: 10,
    batches: ["ship"],
    pairs: null,
    shrinkRunsMax: 30,
    ...change,
  };
}

const pairs = { runsMax: 12, isTimeOver: () => false };

describe("the crash points of one payment, with mutant F0", () => {
  let broken: SweepResult;

  beforeAll(async () => {
    broken = await tryCrashPoints(requestOf({ mutant: commitThenEmit, pairs }));
  }, 300_000);

  it("that break its promise are those between its commit and its event, of all that there are", () => {
    const { violations } = certificateOf(broken);
    expect(violations.first.slice(0, 3).map(({ points }) => points)).toEqual([
      ["crash after payment-1/payment-db/accept.commit#1"],
      ["lost reply to payment-1/payment-db/accept.commit#1"],
      ["crash before payment-1/kafka/produce#1"],
    ]);
    expect(violations.first.slice(3).filter(({ points }) => points.length === 1)).toEqual([]);
  });

  it("are every effect of the run without faults, in each of its ways, and all fire", () => {
    const { plans, ways, silent } = certificateOf(broken);
    const [plan] = plans;
    expect(plan).toMatchObject({ batches: "batches as they ship", requests: 1 });
    const [before, after, lostReply] = ways;
    expect(before?.tried).toBe(plan?.effects);
    expect(after?.tried).toBeGreaterThan(50);
    expect(lostReply?.tried).toBeGreaterThan(after?.tried ?? 0);
    expect(ways.filter(({ planned, fired }) => fired < planned)).toEqual([]);
    expect(silent).toEqual([]);
  });

  it("are followed by pairs, of so many as there are, spread over all of them", () => {
    const { pairs: told } = certificateOf(broken);
    expect(told).toMatchObject({ tried: 12, fired: 12 });
    expect(told?.total).toBeGreaterThan(10_000);
  });

  it("leave the smallest case of the first of them, as a sweep does", () => {
    const { evidence, replayFiles } = broken;
    expect(evidence.verdict).toBe("fail");
    expect(evidence.findings.map(({ promise }) => promise)).toEqual(["ends"]);
    expect(evidence.findings[0]?.smallest).toMatchObject({ commands: 1, faults: 1 });
    expect(replayFiles.map(({ name }) => name)).toEqual(["ends-1.json"]);
  });

  it("leave the same evidence, byte for byte, with two workers", async () => {
    const workers = startWorkers(2);
    try {
      const asked = requestOf({ mutant: commitThenEmit, pairs, workers });
      const { evidence } = await tryCrashPoints(asked);
      expect(encodeEvidence(evidence)).toBe(encodeEvidence(broken.evidence));
    } finally {
      await workers.close();
    }
  }, 300_000);
});

describe("crash points that are stopped", () => {
  it("keep what was done, tell what did not fire, and are unknown", async () => {
    const stop = new AbortController();
    let runs = 0;
    /** A world in which nothing strikes in one of the runs. */
    const forgetful: World = {
      ...world,
      run(plan, drive) {
        runs += 1;
        return world.run(runs === 5 ? { ...plan, faults: [] } : plan, drive);
      },
    };
    const { evidence } = await tryCrashPoints(
      requestOf({
        world: forgetful,
        signal: stop.signal,
        onProgress({ done }) {
          if (done === 10) {
            stop.abort();
          }
          return Promise.resolve();
        },
      }),
    );
    const { ways, silent } = certificateOf({ evidence });
    expect(ways.reduce((sum, { tried }) => sum + tried, 0)).toBe(10);
    expect(silent).toEqual([expect.stringMatching(/^crash before (?:payment|wallet)-1\/.*#\d+$/)]);
    expect(evidence).toMatchObject({ verdict: "unknown", ended: "interrupted" });
    expect(evidence.doubts).toContainEqual(
      expect.stringMatching(/^1 of \d planned crashes never fired/),
    );
    expect(() => encodeEvidence(evidence)).not.toThrow();
  }, 60_000);

  it("with batches of one have an effect for each request that others take together", async () => {
    const keys = ["p1", "p2", "p3"];
    const commands = keys.map((idempotencyKey) => sampleTransfer({ idempotencyKey }));
    const effects: number[] = [];
    for (const batches of ["ship", "one"] as const) {
      const stop = new AbortController();
      const { evidence } = await tryCrashPoints(
        requestOf({
          scenario: scenarioOf({ commands }),
          batches: [batches],
          signal: stop.signal,
          onProgress: () => Promise.resolve(stop.abort()),
        }),
      );
      effects.push(certificateOf({ evidence }).plans[0]?.effects ?? 0);
    }
    expect(effects[1]).toBeGreaterThan(effects[0] ?? 0);
  });
});

function certificateOf({ evidence }: Pick<SweepResult, "evidence">): CrashPointsEvidence {
  if (evidence.crashPoints === null) {
    throw new Error("there is no certificate");
  }
  return evidence.crashPoints;
}
