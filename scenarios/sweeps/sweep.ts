import type { Evidence } from "../../reports/evidence/evidence.ts";
import type { Plan } from "../plans/plan.ts";
import type { ReplayFile } from "../plans/replay-file.ts";
import { promisesNamed } from "../promises/promises.ts";
import { brokenPromises, runPlan, type Outcome } from "../runs/run-plan.ts";
import { summarize, type RunSummary } from "../runs/run-summary.ts";
import { drawPlans, planOfSeed } from "./draw-plans.ts";
import { findingOf } from "./finding.ts";
import { pursue } from "./pursue-plan.ts";
import { createRunLog, type RunLog } from "./run-log.ts";
import type { Workers, Failure, SweepRequest, WorkerRun } from "./sweep-request.ts";
import { createTally, verdictOfTally, type Tally } from "./tally.ts";
import { TwoResults, twoResultsOf } from "./two-results.ts";

export interface SweepResult {
  readonly evidence: Evidence;
  /** To be written beside the evidence under this name. */
  readonly replayFile: { readonly name: string; readonly content: ReplayFile } | null;
  /** What ended the sweep before its time; the evidence tells of what was done until then. */
  readonly error: { readonly error: unknown } | null;
}

/** Seeds whose plans are drawn and handed to the workers together. */
const WINDOW = 200;

/**
 * Runs a scenario for each seed until one breaks a promise, and makes that case as small as it can.
 * fast-check draws the plan of each seed from the scenario's drafts; the plan itself is then made
 * smaller, not the draft. With or without workers, and however many there are, the evidence is the
 * same.
 *
 * A sample of the seeds, and the smallest case, are run a second time, in another thread and
 * another order.
 *
 * @throws TwoResults when a plan goes another way there, or here than in a worker
 * @throws what a run throws, where nothing was done before it
 */
export async function sweep(request: SweepRequest): Promise<SweepResult> {
  const tally = createTally(promisesNamed(request.scenario.promises), request.scenario.aims);
  const log = createRunLog(request.seeds, (seed) => planOfSeed(request, seed));
  try {
    const failure =
      request.workers === null
        ? await sweepHere(request, tally, log)
        : await sweepWithWorkers(request, tally, log, request.workers);
    await lookAgain(request, log, failure);
    const error = failure?.brokenOff ?? null;
    return conclude(request, tally, failure, error);
  } catch (error) {
    if (error instanceof TwoResults || tally.totals().runs === 0) {
      throw error;
    }
    return conclude(request, tally, null, { error });
  }
}

/** Looks whether the runs go the same way elsewhere. @throws TwoResults when one does not */
async function lookAgain(
  { secondOpinion, signal }: SweepRequest,
  log: RunLog,
  failure: Failure | null,
): Promise<void> {
  if (secondOpinion === null || signal.aborted) {
    return;
  }
  if (failure !== null) {
    const { outcome } = failure;
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

async function sweepHere(
  request: SweepRequest,
  tally: Tally,
  log: RunLog,
): Promise<Failure | null> {
  const { first, last } = request.seeds;
  for (let seed = first; seed <= last && !request.signal.aborted; seed += 1) {
    const failure = await pursueSeed(request, log, seed, (outcome) =>
      record(request, tally, summarize(outcome)),
    );
    if (failure !== null) {
      return failure;
    }
  }
  return null;
}

/**
 * The workers find the first seed that breaks a promise; what is to be known of it is found here.
 */
async function sweepWithWorkers(
  request: SweepRequest,
  tally: Tally,
  log: RunLog,
  workers: Workers,
): Promise<Failure | null> {
  const { first, last } = request.seeds;
  for (let from = first; from <= last && !request.signal.aborted; from += WINDOW) {
    const plans = await drawPlans(request, from, Math.min(last, from + WINDOW - 1));
    let seed = from;
    for await (const ran of workers.run(plans, request.signal)) {
      log.worker(seed, ran);
      await record(request, tally, ran.run);
      if (promiseToPursue(request, brokenIn(ran.run)) !== undefined) {
        return pursueSeed(request, log, seed, (outcome) => requireSame(request, log, ran, outcome));
      }
      seed += 1;
    }
  }
  return null;
}

/** What a worker found must be found here again. @throws TwoResults when the run is another */
async function requireSame(
  { secondOpinion }: SweepRequest,
  log: RunLog,
  ran: WorkerRun,
  outcome: Outcome,
): Promise<void> {
  const { plan, traceHash } = outcome;
  if (traceHash !== ran.run.traceHash) {
    const one = await log.passageOfWorker(plan.seed, ran);
    const other = await log.passageHere(outcome);
    throw await twoResultsOf(plan, { one, other }, secondOpinion);
  }
}

async function record(request: SweepRequest, tally: Tally, run: RunSummary): Promise<void> {
  tally.add(run);
  const { runs, simulatedMs } = tally.totals();
  await request.onProgress({ kind: "seed", done: runs, simulatedMs });
}

/** Runs one seed, and where a promise breaks, smaller variants of its plan. */
async function pursueSeed(
  request: SweepRequest,
  log: RunLog,
  seed: number,
  onFirst: (outcome: Outcome) => Promise<void>,
): Promise<Failure | null> {
  const plan = await planOfSeed(request, seed);
  const outcome = await runFirst(request, plan);
  if (outcome === undefined) {
    return null;
  }
  log.here(seed, outcome);
  const promise = promiseToPursue(request, brokenPromises(outcome));
  await onFirst(outcome);
  return promise === undefined
    ? null
    : pursue(request, log, {
        seed,
        promise,
        outcome,
        tried: 0,
        isMinimal: false,
        brokenOff: null,
      });
}

/** The seed's own run; undefined when it was interrupted. */
async function runFirst(request: SweepRequest, plan: Plan): Promise<Outcome | undefined> {
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

/** The promise whose breach is made smaller: a mutant's own, otherwise the gravest that broke. */
function promiseToPursue({ mutant }: SweepRequest, broken: readonly string[]): string | undefined {
  return mutant === null || mutant.breaks === ""
    ? broken[0]
    : broken.find((promise) => promise === mutant.breaks);
}

function brokenIn({ judgements }: RunSummary): readonly string[] {
  return judgements.filter(({ isBroken }) => isBroken).map(({ promise }) => promise);
}

function conclude(
  request: SweepRequest,
  tally: Tally,
  failure: Failure | null,
  error: SweepResult["error"],
): SweepResult {
  const found = failure === null ? null : findingOf(request, failure);
  const { world, scenario, mutant, seeds, host } = request;
  const totals = tally.totals();
  const endedEarly = request.signal.aborted || error !== null;
  const interrupted = endedEarly && totals.runs < seeds.last - seeds.first + 1;
  const promises = tally.promises();
  const faults = tally.faults();
  const hashes = tally.traceHashes();
  const { name, title, description } = scenario;
  const evidence: Evidence = {
    format: "falconpay-evidence",
    version: 5,
    product: host.product,
    code: host.code,
    scenario: { name, title, description },
    world: world.kind,
    mutant: mutant === null ? null : { id: mutant.id, defect: mutant.defect },
    seeds: { ...seeds, completed: totals.runs },
    interrupted,
    ...verdictOfTally(tally, { interrupted }),
    totals,
    faults,
    faultsNotTried: tally.faultsNotTried(),
    cases: tally.cases(),
    crashPoints: null,
    promises,
    findings: found === null ? [] : [found.finding],
    traceHash: hashes.length === 0 ? null : host.digest(hashes.join("\n")),
    limits: world.limits,
    servers: world.servers,
    command: host.command,
    seenToFail: [],
    made: host.made,
  };
  return {
    evidence,
    replayFile:
      found === null ? null : { name: found.finding.replay.file, content: found.replayFile },
    error,
  };
}
