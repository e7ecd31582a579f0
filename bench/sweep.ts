import fc from "fast-check";
import type { Plan } from "../scenarios/plan.ts";
import { brokenPromises, runPlan } from "../scenarios/run-plan.ts";
import type { World } from "../scenarios/world.ts";
import { transfer } from "../scenarios/workloads/transfer.ts";
import { createSimulatedWorld } from "../sim/world.ts";
import type { Row } from "./row.ts";
import { steadyPlan } from "./steady-plan.ts";

/** An odd number, so that the median is a measured one. */
const ROUNDS = 5;

/**
 * How fast plans run in the simulated world, on one core, with a crash in each and every promise
 * judged: at a steady ten payments a second, and over the plans of `npm start`.
 */
export async function benchSweep(): Promise<readonly Row[]> {
  const world = await createSimulatedWorld();
  const steady = [1, 2, 3].map((seed) => steadyPlan(seed));
  const drawn = drawnPlans(60);
  // The first runs compile: they are not what a sweep is made of.
  await measure(world, [...steady, ...drawn.slice(0, 20)]);

  const rounds: { steady: Speed; drawn: Speed }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({ steady: await measure(world, steady), drawn: await measure(world, drawn) });
  }
  const median = (figure: (round: { steady: Speed; drawn: Speed }) => number) =>
    medianOf(rounds.map(figure));
  return [
    {
      what: "simulated time, 10 payments a second for 60 s, one crash",
      value: median((round) => round.steady.simulatedMs / round.steady.wallMs),
      unit: "simulated s / s",
      beside: "real time: 1; TigerBeetle's simulator: 709",
      floor: { kind: "at least", value: 200 },
      aim: { kind: "at least", value: 1_000 },
    },
    {
      what: "simulated time, the plans of npm start",
      value: median((round) => round.drawn.simulatedMs / round.drawn.wallMs),
      unit: "simulated s / s",
      beside: `${perSimulatedSecond(rounds[0]?.drawn).toFixed(1)} payments a simulated second`,
      floor: null,
      aim: null,
    },
    {
      what: "plans of npm start",
      value: median((round) => (round.drawn.plans * 1_000) / round.drawn.wallMs),
      unit: "plans / s",
      beside: `${perPlan(rounds[0]?.drawn).toFixed(0)} payments a plan`,
      floor: null,
      aim: null,
    },
    {
      what: "a payment, accepted to settled and judged",
      value: median((round) => (round.steady.wallMs * 1_000) / round.steady.payments),
      unit: "us",
      beside: "-",
      floor: null,
      aim: null,
    },
  ];
}

interface Speed {
  readonly wallMs: number;
  readonly simulatedMs: number;
  readonly payments: number;
  readonly plans: number;
}

async function measure(world: World, plans: readonly Plan[]): Promise<Speed> {
  let simulatedMs = 0;
  let payments = 0;
  const beganAtMs = performance.now();
  for (const plan of plans) {
    const outcome = await runPlan(world, plan);
    if (brokenPromises(outcome).length > 0 || outcome.fired.length < plan.faults.length) {
      throw new Error(`the plan of seed ${plan.seed} did not run as it should`);
    }
    simulatedMs += outcome.elapsedMs;
    payments += plan.commands.length;
  }
  return { wallMs: performance.now() - beganAtMs, simulatedMs, payments, plans: plans.length };
}

function drawnPlans(count: number): readonly Plan[] {
  const drafts = fc.sample(transfer.drafts, { seed: 1, numRuns: count });
  return drafts.map((draft, seed) => ({ scenario: transfer.name, seed, mutant: null, ...draft }));
}

function perSimulatedSecond(speed: Speed | undefined): number {
  return speed === undefined ? 0 : (speed.payments * 1_000) / speed.simulatedMs;
}

function perPlan(speed: Speed | undefined): number {
  return speed === undefined ? 0 : speed.payments / speed.plans;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
