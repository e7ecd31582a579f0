import { beforeAll, describe, expect, it } from "vitest";
import { allEvidence, encodeAllEvidence } from "../../reports/evidence/all-evidence.ts";
import { encodeEvidence } from "../../reports/evidence/evidence-codec.ts";
import { commitThenEmit } from "../../scenarios/mutants/commit-then-emit.ts";
import type { Scenario } from "../../scenarios/plans/scenario.ts";
import { sweepAll } from "../../scenarios/sweeps/sweep-all.ts";
import type { SweepRequest } from "../../scenarios/sweeps/sweep-request.ts";
import { sweep, type SweepResult } from "../../scenarios/sweeps/sweep.ts";
import { SAMPLE_HOST } from "../../scenarios/testing/sample-host.ts";
import { sampleSweep } from "../../scenarios/testing/sample-request.ts";
import { retries } from "../../scenarios/workloads/retries.ts";
import { strays } from "../../scenarios/workloads/strays.ts";
import { transfer } from "../../scenarios/workloads/transfer.ts";
import type { World } from "../../scenarios/world.ts";
import { startWorkers } from "./workers.ts";
import { createSimulatedWorld } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createSimulatedWorld();
});

function requestOf(scenario: Scenario, change: Partial<SweepRequest> = {}): SweepRequest {
  return sampleSweep(world, { scenario, bail: false, shrinkRunsMax: 0, ...change });
}

function told(results: readonly SweepResult[]): string {
  const { product, code, made } = SAMPLE_HOST;
  const scenarios = results.map(({ evidence }) => evidence);
  return encodeAllEvidence(allEvidence({ product, code, made, command: "run all", scenarios }));
}

describe("the sweeps of several scenarios", () => {
  it("share the runs the same way with two workers, and leave what each leaves alone", async () => {
    const workers = startWorkers(2);
    try {
      const scenarios = [transfer, retries, strays];
      const seeds = { first: 1, last: null };
      const asked = (change: Partial<SweepRequest>) =>
        scenarios.map((scenario) => requestOf(scenario, { seeds, ...change }));
      const here = await sweepAll(asked({}), 25);
      expect(told(await sweepAll(asked({ workers }), 25))).toBe(told(here));

      const runs = here.map(({ evidence }) => evidence.totals.runs);
      expect(runs.reduce((sum, each) => sum + each, 0)).toBe(25);
      expect(Math.min(...runs)).toBeGreaterThan(2);
      for (const [index, scenario] of scenarios.entries()) {
        const last = runs[index] ?? 0;
        const alone = await sweep(requestOf(scenario, { seeds: { first: 1, last } }));
        const [part] = here.slice(index);
        expect(part && encodeEvidence(part.evidence)).toBe(encodeEvidence(alone.evidence));
      }
    } finally {
      await workers.close();
    }
  }, 60_000);

  it("go on past one that fails, whose replay files bear its name", async () => {
    const seeds = { first: 1, last: 6 };
    const results = await sweepAll(
      [requestOf(transfer, { seeds, mutant: commitThenEmit }), requestOf(retries, { seeds })],
      null,
    );
    const [broken, held] = results;
    expect(JSON.parse(told(results))).toMatchObject({ verdict: "fail" });
    expect(broken?.evidence).toMatchObject({ verdict: "fail", seeds: { completed: 6 } });
    const [file] = broken?.replayFiles ?? [];
    expect(file?.name).toMatch(/^transfer-ends-\d\.json$/);
    expect(broken?.evidence.findings[0]?.replay).toEqual({
      file: file?.name,
      command: `replay ${file?.name}`,
    });
    expect(held?.evidence).toMatchObject({ verdict: "pass", seeds: { completed: 6 } });
  }, 60_000);

  it("go on past one that an error ends, and are unknown together", async () => {
    const broken: World = { ...world, run: () => Promise.reject(new Error("out of order")) };
    const results = await sweepAll(
      [requestOf(transfer, { world: broken }), requestOf(retries)],
      null,
    );
    expect(results.map(({ error }) => error?.error ?? null)).toEqual([
      new Error("out of order"),
      null,
    ]);
    expect(results[0]?.evidence).toMatchObject({ verdict: "unknown", ended: "error" });
    expect(results[1]?.evidence.verdict).toBe("pass");
    expect(JSON.parse(told(results))).toMatchObject({ verdict: "unknown" });
  });
});
