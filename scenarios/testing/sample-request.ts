import fc from "fast-check";
import { LEVELS } from "../plans/level.ts";
import { leveled, type PlanDraft, type Scenario } from "../plans/scenario.ts";
import type { SweepRequest } from "../sweeps/sweep-request.ts";
import { transfer } from "../workloads/transfer.ts";
import type { World } from "../world.ts";
import { SAMPLE_HOST } from "./sample-host.ts";
import { samplePlan } from "./sample-plan.ts";

/** What a test runs scenarios with, where it says nothing else: this thread alone. */
export function sampleMeans(world: World) {
  return {
    world,
    workers: null,
    secondOpinion: null,
    mutant: null,
    onProgress: () => Promise.resolve(),
    signal: new AbortController().signal,
    host: SAMPLE_HOST,
  } as const;
}

/** A sweep of three seeds of `transfer`, but for what is changed. */
export function sampleSweep(world: World, change: Partial<SweepRequest> = {}): SweepRequest {
  return {
    ...sampleMeans(world),
    scenario: transfer,
    level: LEVELS.rough,
    seeds: { first: 1, last: 3 },
    shard: null,
    bail: true,
    shrinkRunsMax: 300,
    ...change,
  };
}

/** A scenario of which every seed has the sample plan, but for what is changed. */
export function smallScenario(change: Partial<PlanDraft>): Scenario {
  const { wallets, commands, faults, topology, knobs, schedule } = samplePlan();
  const draft = { wallets, commands, faults, topology, knobs, schedule, ...change };
  return {
    name: "small",
    title: "Small",
    description: [],
    catches: [],
    ...leveled(() => fc.constant(draft)),
  };
}
