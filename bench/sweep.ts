import { availableParallelism } from "node:os";
import fc from "fast-check";
import type { Plan } from "../scenarios/plans/plan.ts";
import { transfer } from "../scenarios/workloads/transfer.ts";
import { startWorkers, type RunningWorkers } from "../sim/world/workers.ts";
import type { BenchRow } from "./row.ts";
import { steadyPlan } from "./steady-plan.ts";

/** An odd number, so that the median is a measured one. */
const ROUNDS = 5;

/**
 * How fast plans run in the simulated world, with a crash in each and every promise judged: at a
 * steady ten payments a second, and over plans as `npm start` draws them; on all cores as `npm
 * start` uses them, and on one.
 */
export async function benchSweep(): Promise<readonly BenchRow[]> {
  const threads = availableParallelism();
  const all = startWorkers(threads);
  const one = startWorkers(1);
  try {
    const rounds = await measureRounds({ all, one });
    const median = (figure: (round: Round) => number) => medianOf(rounds.map(figure));
    return [
      {
        what: `10 payments a second for 60 s, on ${threads} cores`,
        value: median(({ steady }) => steady.simulatedMs / steady.wallMs),
        unit: "simulated s / s",
        beside: "real time: 1; TigerBeetle's simulator: 709",
        floor: { kind: "at least", value: 200 },
        aim: { kind: "at least", value: 1_000 },
      },
      {
        what: "10 payments a second for 60 s, on one core",
        value: median(({ steadyOnOne }) => steadyOnOne.simulatedMs / steadyOnOne.wallMs),
        unit: "simulated s / s",
        beside: "real time: 1; TigerBeetle's simulator: 709",
        floor: null,
        aim: { kind: "at least", value: 1_000 },
      },
      {
        what: `plans of npm start, on ${threads} cores`,
        value: median(({ drawn }) => drawn.simulatedMs / drawn.wallMs),
        unit: "simulated s / s",
        beside: "real time: 1",
        floor: null,
        aim: null,
      },
      {
        what: `plans of npm start, on ${threads} cores`,
        value: median(({ drawn }) => (drawn.plans * 1_000) / drawn.wallMs),
        unit: "plans / s",
        beside: "npm start: 400 plans",
        // 400 plans within 60 s, with as much again for start-up and the report.
        floor: { kind: "at least", value: 8 },
        aim: { kind: "at least", value: 50 },
      },
    ];
  } finally {
    await Promise.all([all.close(), one.close()]);
  }
}

interface Round {
  readonly steady: Speed;
  readonly steadyOnOne: Speed;
  readonly drawn: Speed;
}

interface Speed {
  readonly wallMs: number;
  readonly simulatedMs: number;
  readonly plans: number;
}

async function measureRounds(pools: {
  readonly all: RunningWorkers;
  readonly one: RunningWorkers;
}): Promise<readonly Round[]> {
  const steady = [1, 2, 3, 4].map((seed) => steadyPlan(seed));
  const drawn = drawnPlans(60);
  // The first runs compile: they are not what a sweep is made of.
  await measure(pools.all, [...steady, ...steady, ...drawn]);
  await measure(pools.one, [...steady, ...drawn]);

  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      steady: await measure(pools.all, steady),
      steadyOnOne: await measure(pools.one, steady.slice(0, 2)),
      drawn: await measure(pools.all, drawn),
    });
  }
  return rounds;
}

async function measure(workers: RunningWorkers, plans: readonly Plan[]): Promise<Speed> {
  let simulatedMs = 0;
  const beganAtMs = performance.now();
  for await (const { run } of workers.run(plans, new AbortController().signal)) {
    const isSound = run.judgements.every(({ isBroken }) => !isBroken);
    if (!isSound || run.faults.some(({ fired }) => !fired)) {
      throw new Error("a plan did not run as it should: a promise broke, or a crash never fired");
    }
    simulatedMs += run.elapsedMs;
  }
  return { wallMs: performance.now() - beganAtMs, simulatedMs, plans: plans.length };
}

function drawnPlans(count: number): readonly Plan[] {
  const drafts = fc.sample(transfer.drafts, { seed: 1, numRuns: count });
  return drafts.map((draft, seed) => ({ scenario: transfer.name, seed, mutant: null, ...draft }));
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
