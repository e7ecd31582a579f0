import type { Plan } from "../plans/plan.ts";
import type { Outcome } from "../runs/run-plan.ts";
import type { RunSummary } from "../runs/run-summary.ts";
import type { SecondOpinion, WorkerRun } from "./sweep-request.ts";
import { twoResultsOf, type Passage } from "./two-results.ts";

/** Which plan ran where, and after which others: what it takes to make a run again as it was. */
export interface RunLog {
  /** A seed was run by a worker. */
  worker(seed: number, run: WorkerRun): void;
  /** A seed was run in the thread of the sweep. */
  here(seed: number, run: Pick<RunSummary, "traceHash">): void;
  /** A seed that a worker has run was run in the thread of the sweep as well. */
  again(seed: number): void;
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

/**
 * The first seed and one in so many are run twice, and the last one. Where that comes to more than
 * `SAMPLE_MAX`, every second of them is left out, and one in twice as many is taken from then on.
 */
const SAMPLE_EVERY = 100;
const SAMPLE_MAX = 20;

/** `planOf` draws the plan of a seed: plans are many, and so are not kept. */
export function createRunLog(planOf: (seed: number) => Promise<Plan>): RunLog {
  const sample = createSample();
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
      sample.add({ seed, traceHash, before: () => plansOf(seedsBefore(thread, seed)) });
    },
    here(seed, { traceHash }) {
      const count = ranHere.length;
      ranHere.push(seed);
      sample.add({ seed, traceHash, before: () => plansOf(ranHere.slice(0, count)) });
    },
    again: (seed) => void ranHere.push(seed),
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
      const again = sample.taken().toReversed();
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

function createSample() {
  let every = SAMPLE_EVERY;
  let taken: readonly Sampled[] = [];
  let count = 0;
  let last: Sampled | undefined;
  return {
    add(one: Sampled): void {
      last = one;
      if (count % every === 0) {
        taken = [...taken, one];
      }
      if (taken.length > SAMPLE_MAX) {
        taken = taken.filter((_one, index) => index % 2 === 0);
        every *= 2;
      }
      count += 1;
    },
    taken: (): readonly Sampled[] =>
      last === undefined || taken.includes(last) ? taken : [...taken, last],
  };
}
