import { promisesNamed } from "../promises/promises.ts";
import { runPlan } from "../runs/run-plan.ts";
import { summarize, type RunSummary } from "../runs/run-summary.ts";
import { drawPlans } from "./draw-plans.ts";
import { brokenIn, promiseToPursue } from "./pursue-plan.ts";
import { inWindows, seedsOf, type SeedRange } from "./seeds.ts";
import type { SweepRequest } from "./sweep-request.ts";

/** What is sought, and where; see `SweepRequest`. */
export type Search = Pick<
  SweepRequest,
  "world" | "workers" | "scenario" | "mutant" | "level" | "signal"
> & {
  /** Called after every run. */
  readonly onRun: () => Promise<void>;
};

/** The first seed that broke a promise, or that none did. */
export interface Sought {
  /** Null where every promise held in every run. */
  readonly promise: string | null;
  /** The last seed that was run. */
  readonly seed: number;
  readonly runs: number;
}

/** Seeds whose plans are drawn together: one of the first few is mostly the one. */
const WINDOW = 10;

/**
 * Runs the seeds in their order until one breaks a promise, in the workers where there are any:
 * they are warm after a sweep, and its own thread is not. It is the same for any number of them.
 *
 * @returns undefined when it was interrupted
 * @throws what a run throws
 */
export async function seekBreach(search: Search, seeds: SeedRange): Promise<Sought | undefined> {
  let runs = 0;
  for (const window of inWindows(seedsOf(seeds, null), WINDOW)) {
    const left = window.values();
    for await (const run of runsOf(search, window)) {
      const { value: seed = 0 } = left.next();
      runs += 1;
      await search.onRun();
      const promise = promiseToPursue(search, brokenIn(run));
      if (promise !== undefined) {
        return { promise, seed, runs };
      }
    }
    if (search.signal.aborted) {
      return undefined;
    }
  }
  return { promise: null, seed: seeds.last, runs };
}

async function* runsOf(search: Search, seeds: readonly number[]): AsyncGenerator<RunSummary> {
  const { world, workers, scenario, signal } = search;
  const plans = await drawPlans(search, seeds);
  if (workers !== null) {
    for await (const { run } of workers.run(plans, signal)) {
      yield run;
    }
    return;
  }
  for (const plan of plans) {
    if (signal.aborted) {
      return;
    }
    yield summarize(await runPlan(world, plan, promisesNamed(scenario.promises)));
  }
}
