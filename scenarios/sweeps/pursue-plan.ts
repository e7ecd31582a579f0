import { promisesNamed } from "../promises/promises.ts";
import { brokenPromises, runPlan } from "../runs/run-plan.ts";
import type { RunSummary } from "../runs/run-summary.ts";
import type { RunLog } from "./run-log.ts";
import { shrinkPlan } from "./shrink-plan.ts";
import type { Failure, SweepProgress, SweepRequest } from "./sweep-request.ts";

/** What it takes to make a failing case of a scenario smaller; see `SweepRequest`. */
export interface Pursuit extends Pick<
  SweepRequest,
  "world" | "scenario" | "shrinkRunsMax" | "signal"
> {
  /** Called after every variant. */
  readonly onProgress: (progress: SweepProgress & { readonly kind: "shrink" }) => Promise<void>;
}

/** The promises that broke in a run, gravest first. */
export function brokenIn({ judgements }: RunSummary): readonly string[] {
  return judgements.filter(({ isBroken }) => isBroken).map(({ promise }) => promise);
}

/** The promise whose breach is made smaller: a mutant's own, otherwise the gravest that broke. */
export function promiseToPursue(
  { mutant }: Pick<SweepRequest, "mutant">,
  broken: readonly string[],
): string | undefined {
  return mutant === null || mutant.breaks === ""
    ? broken[0]
    : broken.find((promise) => promise === mutant.breaks);
}

/**
 * Makes a failing case as small as it can, within the variants and the time that there are. An
 * error of a run is no counterexample: it breaks the search off, and what was found is kept.
 */
export async function pursue(
  request: Pursuit,
  log: Pick<RunLog, "variant">,
  first: Failure,
): Promise<Failure> {
  let failure = first;
  const tryPlan = async (plan: Failure["outcome"]["plan"]) => {
    if (failure.tried >= request.shrinkRunsMax || request.signal.aborted) {
      return undefined;
    }
    const tried = failure.tried + 1;
    failure = { ...failure, tried };
    log.variant(plan);
    const outcome = await runPlan(request.world, plan, promisesNamed(request.scenario.promises));
    const isBroken = brokenPromises(outcome).includes(failure.promise);
    failure = isBroken ? { ...failure, outcome } : failure;
    const { elapsedMs } = outcome;
    await request.onProgress({ kind: "shrink", done: tried, simulatedMs: elapsedMs });
    return isBroken;
  };
  try {
    const { isMinimal } = await shrinkPlan(first.outcome.plan, tryPlan);
    return { ...failure, isMinimal };
  } catch (error) {
    // An interruption takes a world down in the middle of a run, which then fails: no error.
    return request.signal.aborted ? failure : { ...failure, brokenOff: { error } };
  }
}
