import type { Plan } from "../plans/plan.ts";
import type { Outcome } from "../runs/run-plan.ts";
import type { RunSummary } from "../runs/run-summary.ts";
import type { SecondOpinion, SweepRequest, WorkerRun } from "./sweep-request.ts";
import { twoResultsOf, type Passage } from "./two-results.ts";

/** Which plan ran where, and after which others: what it takes to make a run again as it was. */
export interface RunLog {
  /** A seed was run by a worker. */
  worker(seed: number, run: WorkerRun): void;
  /** A seed was run in the thread of the sweep. */
  here(seed: number, run: Pick<RunSummary, "traceHash">): void;
  /** Another plan, a variant of a seed's, was run there. */
  variant(plan: Plan): void;
  /** How a worker's run of a seed went. */
  passageOfWorker(seed: number, run: WorkerRun): Promise<Passage>;
  /** How the last run of that plan went in the thread of the sweep. */
  passageHere(outcome: Pick<Outcome, "plan" | "traceHash">): Promise<Passage>;
  /**
   * Runs a sample of the seeds again, in another thread and another order.
   *
   * @throws TwoResults when one goes another way
   */
  checkSample(secondOpinion: SecondOpinion): Promise<void>;
}

/** One seed in that many is run twice, but at least `SAMPLE_MIN` and at most `SAMPLE_MAX`. */
const SAMPLE_EVERY = 100;
const SAMPLE_MIN = 2;
const SAMPLE_MAX = 20;

/** `planOf` draws the plan of a seed: plans are many, and so are not kept. */
export function createRunLog(
  seeds: SweepRequest["seeds"],
  planOf: (seed: number) => Promise<Plan>,
): RunLog {
  const sample = sampleOf(seeds);
  const sampled: Sampled[] = [];
  const seedsByThread = new Map<number, number[]>();
  const ranHere: (number | Plan)[] = [];

  const plansOf = (ran: readonly (number | Plan)[]): Promise<readonly Plan[]> =>
    Promise.all(ran.map(async (each) => (typeof each === "number" ? planOf(each) : each)));
  const seedsBefore = (thread: number, seed: number): readonly number[] =>
    (seedsByThread.get(thread) ?? []).filter((each) => each < seed);

  return {
    worker(seed, { run: { traceHash }, thread }) {
      const known = seedsByThread.get(thread) ?? [];
      seedsByThread.set(thread, known);
      known.push(seed);
      if (sample.has(seed)) {
        sampled.push({ seed, traceHash, before: () => plansOf(seedsBefore(thread, seed)) });
      }
    },
    here(seed, { traceHash }) {
      const count = ranHere.length;
      ranHere.push(seed);
      if (sample.has(seed)) {
        sampled.push({ seed, traceHash, before: () => plansOf(ranHere.slice(0, count)) });
      }
    },
    variant: (plan) => void ranHere.push(plan),
    passageOfWorker: async (seed, { run: { traceHash }, thread }) => {
      return { traceHash, before: await plansOf(seedsBefore(thread, seed)) };
    },
    async passageHere({ plan, traceHash }) {
      const asVariant = ranHere.lastIndexOf(plan);
      const last = asVariant < 0 ? ranHere.lastIndexOf(plan.seed) : asVariant;
      return { traceHash, before: await plansOf(ranHere.slice(0, Math.max(0, last))) };
    },
    async checkSample(secondOpinion) {
      const again = sampled.toReversed();
      const plans = await Promise.all(again.map(({ seed }) => planOf(seed)));
      const runs = plans.length === 0 ? [] : await secondOpinion.rerun(plans);
      for (const [index, { traceHash, before }] of again.entries()) {
        const [plan, run] = [plans[index], runs[index]];
        if (plan !== undefined && run !== undefined && run.traceHash !== traceHash) {
          const one = { traceHash, before: await before() };
          const other = { traceHash: run.traceHash, before: plans.slice(0, index) };
          throw await twoResultsOf(plan, { one, other }, secondOpinion);
        }
      }
    },
  };
}

interface Sampled {
  readonly seed: number;
  readonly traceHash: string | null;
  /** The plans that had run in its thread before it. */
  readonly before: () => Promise<readonly Plan[]>;
}

/** Seeds at even distances, the last one included. */
function sampleOf({ first, last }: SweepRequest["seeds"]): ReadonlySet<number> {
  const total = last - first + 1;
  const wanted = Math.min(SAMPLE_MAX, Math.max(SAMPLE_MIN, Math.ceil(total / SAMPLE_EVERY)));
  const count = Math.min(wanted, total);
  return new Set(
    Array.from({ length: count }, (_, index) => last - Math.floor((index * total) / count)),
  );
}
