import type { Ended, Evidence } from "../../reports/evidence/evidence.ts";
import { levelSettings } from "../plans/level.ts";
import type { Plan } from "../plans/plan.ts";
import { promisesNamed } from "../promises/promises.ts";
import { runPlan, type Outcome } from "../runs/run-plan.ts";
import { summarize, type RunSummary } from "../runs/run-summary.ts";
import { drawSweepEvidence, groundsOf } from "./draw-evidence.ts";
import { drawPlans, planOfSeed } from "./draw-plans.ts";
import { findingsOf, type NamedReplayFile } from "./finding.ts";
import { brokenIn, promiseToPursue, pursue } from "./pursue-plan.ts";
import { createRunLog, type RunLog } from "./run-log.ts";
import { inWindows, SEED_MAX, seedsOf } from "./seeds.ts";
import {
  TIME_IS_OVER,
  type Failure,
  type SweepRequest,
  type WorkerRun,
  type Workers,
} from "./sweep-request.ts";
import { createTally, type Tally } from "./tally.ts";
import { TwoResults, twoResultsOf } from "./two-results.ts";

export interface SweepResult {
  readonly evidence: Evidence;
  /** To be written beside the evidence under these names: one for each finding. */
  readonly replayFiles: readonly NamedReplayFile[];
  /** What ended the sweep before its time; the evidence tells of what was done until then. */
  readonly error: { readonly error: unknown } | null;
}

/** Seeds whose plans are drawn and handed to the workers together. */
const WINDOW = 200;

/**
 * Runs a scenario for each seed, and makes of each promise that breaks the first case as small as
 * it can. fast-check draws the plan of each seed from the scenario's drafts; the plan itself is
 * then made smaller, not the draft. With or without workers, and however many there are, the
 * evidence is the same.
 *
 * A sample of the seeds, and the smallest cases, are run a second time, in another thread and
 * another order.
 *
 * @throws TwoResults when a plan goes another way there, or here than in a worker
 * @throws what a run throws, where nothing was done before it
 */
export async function sweep(request: SweepRequest): Promise<SweepResult> {
  const begun = beginSweep(request);
  const { first, last } = request.seeds;
  await begun.run(seedsOf({ first, last: last ?? SEED_MAX }, request.shard));
  const result = await begun.finish();
  // Where nothing was done an error is all there is; else what was done is kept.
  if (result.error !== null && result.evidence.totals.runs === 0) {
    throw result.error.error;
  }
  return result;
}

/** A sweep that is run part by part. */
export interface BegunSweep {
  /**
   * Runs these seeds, in their order, until the sweep ends.
   *
   * @throws TwoResults when a plan goes another way here than in a worker
   */
  run(seeds: Iterable<number>): Promise<void>;
  /** False when nothing more is to be run. */
  isOpen(): boolean;
  /** The sums over what was run until now. */
  readonly tally: Tally;
  /**
   * Makes what broke smaller, looks whether all went the same way elsewhere, and tells of it.
   *
   * @throws TwoResults when one did not
   */
  finish(): Promise<SweepResult>;
}

/** The first run that broke a promise. */
interface FirstBreach {
  readonly seed: number;
  readonly promise: string;
  /** What is to be known of it, found in the thread of the sweep. */
  readonly outcome: () => Promise<Outcome>;
}

export function beginSweep(request: SweepRequest): BegunSweep {
  const { scenario, workers, signal } = request;
  const tally = createTally(promisesNamed(scenario.promises), scenario.aims);
  const log = createRunLog((seed) => planOfSeed(request, seed));
  const breaches = new Map<string, FirstBreach>();
  let error: SweepResult["error"] = null;

  const isOpen = () => !signal.aborted && error === null && !(request.bail && breaches.size > 0);
  const take = async (seed: number, run: RunSummary, outcome: FirstBreach["outcome"]) => {
    tally.add(seed, run);
    const promise = promiseToPursue(request, brokenIn(run));
    if (promise !== undefined && !breaches.has(promise)) {
      breaches.set(promise, { seed, promise, outcome });
    }
    const { runs, simulatedMs } = tally.totals();
    await request.onProgress({ kind: "seed", done: runs, simulatedMs });
  };
  const keep = (caught: unknown) => {
    if (caught instanceof TwoResults) {
      throw caught;
    }
    error ??= { error: caught };
  };

  return {
    isOpen,
    tally,
    async run(seeds) {
      try {
        await (workers === null
          ? runHere({ request, log, take, isOpen }, seeds)
          : runInWorkers({ request, log, take, isOpen }, workers, seeds));
      } catch (caught) {
        keep(caught);
      }
    },
    async finish() {
      const wasOpen = isOpen();
      const failures: Failure[] = [];
      try {
        for (const breach of breaches.values()) {
          const outcome = await breach.outcome();
          const first = { ...breach, outcome, tried: 0, isMinimal: false, brokenOff: null };
          const failure = await pursue(request, log, first);
          failures.push(failure);
          error ??= failure.brokenOff;
        }
        if (error === null) {
          await lookAgain(request, log, failures);
        }
      } catch (caught) {
        keep(caught);
      }
      return conclude(request, { tally, failures, error, wasOpen });
    },
  };
}

interface SeedRuns {
  readonly request: SweepRequest;
  readonly log: RunLog;
  readonly take: (seed: number, run: RunSummary, outcome: FirstBreach["outcome"]) => Promise<void>;
  readonly isOpen: () => boolean;
}

async function runHere({ request, log, take, isOpen }: SeedRuns, seeds: Iterable<number>) {
  for (const seed of seeds) {
    if (!isOpen()) {
      return;
    }
    const outcome = await runSeed(request, seed);
    if (outcome === undefined) {
      return;
    }
    log.here(seed, outcome);
    await take(seed, summarize(outcome), () => Promise.resolve(outcome));
  }
}

/**
 * The workers find what breaks a promise; what is to be known of it is found in the thread of the
 * sweep.
 */
async function runInWorkers(
  { request, log, take, isOpen }: SeedRuns,
  workers: Workers,
  seeds: Iterable<number>,
): Promise<void> {
  for (const window of inWindows(seeds, WINDOW)) {
    if (!isOpen()) {
      return;
    }
    const plans = await drawPlans(request, window);
    const left = window.values();
    for await (const ran of workers.run(plans, request.signal)) {
      const { value: seed = 0 } = left.next();
      log.worker(seed, ran);
      await take(seed, ran.run, () => runAgain(request, log, seed, ran));
      if (!isOpen()) {
        return;
      }
    }
  }
}

/** What a worker found must be found here again. @throws TwoResults when the run is another */
async function runAgain(
  request: SweepRequest,
  log: RunLog,
  seed: number,
  ran: WorkerRun,
): Promise<Outcome> {
  const plan = await planOfSeed(request, seed);
  const outcome = await runPlan(request.world, plan, promisesNamed(request.scenario.promises));
  log.again(seed);
  if (outcome.traceHash !== ran.run.traceHash) {
    const one = await log.passageOfWorker(seed, ran);
    const other = await log.passageHere(outcome);
    throw await twoResultsOf(plan, { one, other }, request.secondOpinion);
  }
  return outcome;
}

/** Looks whether the runs go the same way elsewhere. @throws TwoResults when one does not */
async function lookAgain(
  { secondOpinion, signal }: SweepRequest,
  log: RunLog,
  failures: readonly Failure[],
): Promise<void> {
  if (secondOpinion === null || signal.aborted) {
    return;
  }
  for (const { outcome } of failures) {
    const { plan } = outcome;
    const [again] = await secondOpinion.rerun([plan]);
    if (again?.traceHash !== outcome.traceHash) {
      const one = await log.passageHere(outcome);
      const other = { traceHash: again?.traceHash ?? null, before: [] };
      throw await twoResultsOf(plan, { one, other }, secondOpinion);
    }
  }
  await log.checkSample(secondOpinion);
}

/** A seed's own run; undefined when it was interrupted. */
async function runSeed(request: SweepRequest, seed: number): Promise<Outcome | undefined> {
  const plan: Plan = await planOfSeed(request, seed);
  try {
    return await runPlan(request.world, plan, promisesNamed(request.scenario.promises));
  } catch (error) {
    // An interruption takes a world down in the middle of a run, which then fails: no error.
    if (request.signal.aborted) {
      return undefined;
    }
    throw error;
  }
}

interface Done {
  readonly tally: Tally;
  readonly failures: readonly Failure[];
  readonly error: SweepResult["error"];
  /** Whether more could have been run when it was finished. */
  readonly wasOpen: boolean;
}

function conclude(request: SweepRequest, done: Done): SweepResult {
  const { tally, failures, error } = done;
  const { findings, replayFiles } = findingsOf(request, failures);
  const { level, shard, host } = request;
  const seeds = seedsAskedFor(request, done);
  const grounds = {
    ...groundsOf(request),
    level: { name: level.name, settings: levelSettings(level) },
    seeds,
    shard,
    ended: endOf(request, error),
    findings,
    command: host.command(seeds),
  };
  return { evidence: drawSweepEvidence(grounds, tally, host.digest), replayFiles, error };
}

/**
 * Where as many were asked for as the budget allows, those that were run; when something else ended
 * it, also the one that was in hand.
 */
function seedsAskedFor({ seeds, signal }: SweepRequest, { tally, wasOpen }: Done) {
  const { first, last } = seeds;
  if (last !== null) {
    return { first, last };
  }
  const { runs } = tally.totals();
  const isWhole = runs > 0 && (wasOpen || signal.reason === TIME_IS_OVER);
  return { first, last: first + runs - (isWhole ? 1 : 0) };
}

/** Why a sweep that did not run every seed did not. */
function endOf({ signal }: SweepRequest, error: SweepResult["error"]): Ended {
  if (error !== null) {
    return "error";
  }
  if (!signal.aborted) {
    return "first-failure";
  }
  return signal.reason === TIME_IS_OVER ? "time-limit" : "interrupted";
}
