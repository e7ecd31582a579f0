import { describe, expect, it } from "vitest";
import type { Mutant } from "../../scenarios/mutants/mutant.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { leveled, type Scenario } from "../../scenarios/plans/scenario.ts";
import { ONE_PROCESS_EACH } from "../../scenarios/plans/topology.ts";
import { PROMISES } from "../../scenarios/promises/promises.ts";
import { runPlan } from "../../scenarios/runs/run-plan.ts";
import { summarize } from "../../scenarios/runs/run-summary.ts";
import { replayPlan } from "../../scenarios/sweeps/replay.ts";
import type { SecondOpinion, SweepRequest, Workers } from "../../scenarios/sweeps/sweep-request.ts";
import { sweep } from "../../scenarios/sweeps/sweep.ts";
import { samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { sampleSweep } from "../../scenarios/testing/sample-request.ts";
import { transfer } from "../../scenarios/workloads/transfer.ts";
import type { World } from "../../scenarios/world.ts";
import { relayOutbox } from "../../system/outbox/relay.ts";
import { acceptPayments } from "../../system/payment/accept.ts";
import { compareTraces } from "../kernel/compare-traces.ts";
import type { TraceRecord } from "../kernel/trace.ts";
import { createSecondOpinion } from "./second-opinion.ts";
import { createSimulatedWorld, type SimulatedWorldOptions } from "./world.ts";

/** Every run starts two processes, and none of them again. */
const TWO_PROCESSES: Scenario = {
  ...transfer,
  ...leveled(() =>
    transfer.drafts.map((draft) => ({ ...draft, topology: ONE_PROCESS_EACH, faults: [] })),
  ),
};

/**
 * A service with a count in a variable of its module: every process, every incarnation and every
 * run of a thread has the same one. Once there were more than three, it sends nothing any more.
 */
function tiringParts(): Mutant["parts"] {
  let processes = 0;
  return () => {
    processes += 1;
    const isTired = processes > 3;
    return {
      relay: async (...asked) =>
        isTired ? { published: 0, next: { kind: "appended" } } : relayOutbox(...asked),
    };
  };
}

/** A world of a thread of its own, as far as that service can tell. */
function threadOf(options: SimulatedWorldOptions = {}): Promise<World> {
  return createSimulatedWorld({ ...options, parts: tiringParts() });
}

/** One thread that has run another plan before. */
const agedWorkers: Workers = {
  async *run(plans) {
    const world = await threadOf();
    await runPlan(world, samplePlan({ commands: [sampleTransfer({ idempotencyKey: "p1" })] }));
    for (const plan of plans) {
      yield { run: summarize(await runPlan(world, plan)), thread: 0 };
    }
  },
};

const secondOpinion: SecondOpinion = {
  async rerun(plans) {
    const world = await threadOf();
    const runs = [];
    for (const plan of plans) {
      runs.push(summarize(await runPlan(world, plan)));
    }
    return runs;
  },
  async firstDifference(one, other) {
    return compareTraces(await lastTrace(one), await lastTrace(other))?.text;
  },
};

async function lastTrace(plans: readonly Plan[]): Promise<TraceRecord> {
  const traces: TraceRecord[] = [];
  const world = await threadOf({ onTrace: (trace) => traces.push(trace) });
  for (const plan of plans) {
    await runPlan(world, plan);
  }
  const trace = traces.at(-1);
  if (trace === undefined) {
    throw new Error("no plan left a trace");
  }
  return trace;
}

async function sweepOf(change: Partial<SweepRequest>) {
  const seeds = { first: 1, last: 2 };
  const asked = { secondOpinion, scenario: TWO_PROCESSES, seeds, shrinkRunsMax: 5, ...change };
  return sweep(sampleSweep(await threadOf(), asked));
}

describe("a service with state that outlives a run", () => {
  it("is found when a worker breaks a promise that the sweep does not find again", async () => {
    await expect(sweepOf({ workers: agedWorkers })).rejects.toThrow(
      /one plan gave two results: seed 1 left trace [0-9a-f]{16} .*variable of a module/s,
    );
  });

  it("is found when a promise breaks after another run only, and the first event is told", async () => {
    await expect(sweepOf({})).rejects.toThrow(
      /seed 2 left trace .* after (?:another run|\d+ other runs), and trace .* where nothing had run before.*the runs part at event.*\n {2}one .*\n {2}other /s,
    );
  });

  it("is found when a replay goes another way at the second time", async () => {
    const plan = samplePlan({ commands: [sampleTransfer()] });
    const expected = { promise: "ends", traceHash: "0000000000000000" };
    const writtenBy = { product: "0.0.0", code: "c0de" };
    const replay = { plan, expected, writtenBy };
    const world = await threadOf();
    await expect(replayPlan(world, replay, PROMISES, secondOpinion)).rejects.toThrow(
      /where nothing had run before, and trace .* after another run.*the runs part at event/s,
    );
  });

  it("is found by the sample where no promise breaks", async () => {
    const world = await createSimulatedWorld({ parts: rememberingOnly() });
    const rerun: SecondOpinion["rerun"] = async (plans) => {
      const elsewhere = await createSimulatedWorld({ parts: rememberingOnly() });
      const runs = [];
      for (const plan of plans) {
        runs.push(summarize(await runPlan(elsewhere, plan)));
      }
      return runs;
    };
    await expect(sweepOf({ world, secondOpinion: { ...secondOpinion, rerun } })).rejects.toThrow(
      /one plan gave two results/,
    );
  });
});

/** Says how many payments the module has seen, and does nothing else with it. */
function rememberingOnly(): Mutant["parts"] {
  let seen = 0;
  return ({ telemetry }) => ({
    accept(ports, requests) {
      seen += 1;
      telemetry.event("accept.done", { count: seen });
      return acceptPayments(ports, requests);
    },
  });
}

describe("the services as they ship", () => {
  it("go the same way in another thread and another order", async () => {
    const { evidence } = await sweepOf({
      world: await createSimulatedWorld(),
      secondOpinion: createSecondOpinion(),
    });
    expect(evidence.verdict).toBe("pass");
  });

  it("are compared event by event in threads of their own", async () => {
    const plan = samplePlan({ commands: [sampleTransfer()] });
    const another = samplePlan({ commands: [sampleTransfer({ amount: "2.000" })] });
    const opinion = createSecondOpinion();
    expect(await opinion.firstDifference([plan], [another, plan])).toBeUndefined();
    expect(await opinion.firstDifference([plan], [another])).toMatch(
      /one .*1\.000.*other .*2\.000/s,
    );
  });
});
