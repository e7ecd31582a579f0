import { availableParallelism } from "node:os";
import { MUTANTS } from "../scenarios/mutants/mutants.ts";
import type { Plan } from "../scenarios/plans/plan.ts";
import { startMutantWorkers } from "../sim/world/mutant-workers.ts";
import { startWorkers, type RunningWorkers } from "../sim/world/workers.ts";
import { startCpuTime } from "./kernel/cpu-time.ts";
import { measureYardstick } from "./kernel/yardstick.ts";
import type { BenchRow } from "./row.ts";
import { busyPlan, PAYMENTS_A_SECOND, sparsePlan } from "./steady-plan.ts";

const ROUNDS = 5;
const YARDSTICK_EVENTS = 300_000;
/** As many as fill a round for a second or two, and divide among the cores. */
const BUSY_SEEDS = [1, 2, 3, 4];
const SPARSE_SEEDS = Array.from({ length: 48 }, (_, index) => index + 1);

/**
 * What a plan costs in the simulated world, with faults in each and every promise judged, and how
 * soon known-bad services are noticed. Plans are measured in processor time, all take turns in
 * every round, and each counts with its best: what else a busy machine does hardly counts. Mutants
 * are measured by the clock.
 */
export async function benchSweep(): Promise<readonly BenchRow[]> {
  const best = await measurePlans();
  const mutants = await measureMutants();
  const cores = availableParallelism();
  const secondMs = best.busy.cpuMs / (best.busy.simulatedMs / 1_000);
  const bareNs = (best.yardstickMs / YARDSTICK_EVENTS) * 1e6;
  const perCore = 1_000 / secondMs;
  return [
    {
      what: `a simulated second of ${PAYMENTS_A_SECOND} payments`,
      value: (secondMs * 1e6) / bareNs,
      unit: "bare events",
      beside: `a bare heap's event: ${bareNs.toFixed(0)} ns`,
      floor: { kind: "at most", value: 4_500 },
      aim: { kind: "at most", value: 2_000 },
    },
    {
      what: `${PAYMENTS_A_SECOND} payments a second for 60 s, a core`,
      value: perCore,
      unit: "simulated s / s",
      beside: "real time: 1; TigerBeetle's simulator: 709",
      floor: null,
      aim: null,
    },
    {
      what: `${PAYMENTS_A_SECOND} payments a second for 60 s, a core`,
      value: PAYMENTS_A_SECOND * perCore,
      unit: "payments / s",
      beside: "",
      floor: null,
      aim: null,
    },
    {
      what: `plans of 20 payments over 60 simulated s, on ${cores} cores`,
      value: (cores * best.sparse.plans * 1_000) / best.sparse.cpuMs,
      unit: "plans / s",
      beside: `${SPARSE_SEEDS.length} plans a round`,
      floor: { kind: "at least", value: 80 },
      aim: { kind: "at least", value: 200 },
    },
    {
      what: `the listed mutant that lives longest (${mutants.last.id})`,
      value: mutants.last.aliveS,
      unit: "s",
      beside: `killed: ${mutants.killed} of ${MUTANTS.length}`,
      floor: { kind: "at most", value: 60 },
      aim: { kind: "at most", value: 10 },
    },
    {
      what: `all listed mutants, on ${cores} cores`,
      value: mutants.allS,
      unit: "s",
      beside: `${MUTANTS.length} mutants`,
      floor: { kind: "at most", value: 300 },
      aim: null,
    },
    {
      what: "listed mutants that are killed",
      value: (100 * mutants.killed) / MUTANTS.length,
      unit: "%",
      beside: mutants.survivors.join(", "),
      floor: { kind: "at least", value: 100 },
      aim: null,
    },
  ];
}

interface Cost {
  /** Of this process with all its threads. */
  readonly cpuMs: number;
  readonly simulatedMs: number;
  readonly plans: number;
}

interface PlanCosts {
  readonly yardstickMs: number;
  readonly busy: Cost;
  readonly sparse: Cost;
}

async function measurePlans(): Promise<PlanCosts> {
  const cores = availableParallelism();
  const one = startWorkers(1);
  const all = startWorkers(cores);
  const busy = BUSY_SEEDS.map(busyPlan);
  const sparse = SPARSE_SEEDS.map(sparsePlan);
  try {
    // The first runs compile: they are not what a sweep is made of.
    await measure(one, [...busy, ...busy]);
    await measure(all, [...sparse, ...sparse, ...sparse]);
    const rounds: PlanCosts[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push({
        yardstickMs: await measureYardstick(YARDSTICK_EVENTS),
        busy: await measure(one, busy),
        sparse: await measure(all, sparse),
      });
    }
    return {
      yardstickMs: Math.min(...rounds.map(({ yardstickMs }) => yardstickMs)),
      busy: cheapest(rounds.map((round) => round.busy)),
      sparse: cheapest(rounds.map((round) => round.sparse)),
    };
  } finally {
    await Promise.all([one.close(), all.close()]);
  }
}

async function measure(workers: RunningWorkers, plans: readonly Plan[]): Promise<Cost> {
  let simulatedMs = 0;
  const cpuMs = startCpuTime();
  for await (const { run } of workers.run(plans, new AbortController().signal)) {
    const isSound = run.judgements.every(({ isBroken }) => !isBroken);
    if (!isSound || run.faults.some(({ fired }) => !fired)) {
      throw new Error("a plan did not run as it should: a promise broke, or a crash never fired");
    }
    simulatedMs += run.elapsedMs;
  }
  return { cpuMs: cpuMs(), simulatedMs, plans: plans.length };
}

function cheapest(costs: readonly Cost[]): Cost {
  const [least = { cpuMs: Number.NaN, simulatedMs: Number.NaN, plans: Number.NaN }] =
    costs.toSorted((left, right) => left.cpuMs - right.cpuMs);
  return least;
}

/** As `falconpay mutants` tries them at first. */
const MUTANT_SEEDS = { first: 1, last: 200 };
const MUTANT_BOUND_MS = 60_000;

interface MutantTimes {
  /** The one that lived longest. */
  readonly last: { readonly id: string; readonly aliveS: number };
  readonly allS: number;
  readonly killed: number;
  readonly survivors: readonly string[];
}

/** Each on a thread that is warm after the first of them. */
async function measureMutants(): Promise<MutantTimes> {
  const workers = startMutantWorkers(availableParallelism());
  const survivors: string[] = [];
  const times: { readonly id: string; readonly aliveS: number }[] = [];
  const beganAtMs = performance.now();
  const waiting = [...MUTANTS];
  const tryWaiting = async () => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { id } = mutant;
      const startedAtMs = performance.now();
      const trial = { id, seeds: MUTANT_SEEDS, shrinkRunsMax: 0 };
      const { fate } = await workers.run(trial, AbortSignal.timeout(MUTANT_BOUND_MS));
      if (fate !== "killed") {
        survivors.push(id);
      }
      times.push({ id, aliveS: (performance.now() - startedAtMs) / 1_000 });
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() }, tryWaiting));
  } finally {
    await workers.close();
  }
  const [last = { id: "none", aliveS: 0 }] = times.toSorted(
    (left, right) => right.aliveS - left.aliveS,
  );
  const allS = (performance.now() - beganAtMs) / 1_000;
  return { last, allS, killed: MUTANTS.length - survivors.length, survivors };
}
