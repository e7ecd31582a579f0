import { DEFAULT_KNOBS, type Knobs } from "../../../system/process/knobs.ts";
import { LEVELS } from "../../plans/level.ts";
import type { Plan } from "../../plans/plan.ts";
import { promisesNamed } from "../../promises/promises.ts";
import { brokenPromises, runPlan, type Outcome } from "../../runs/run-plan.ts";
import { summarize, type RunSummary } from "../../runs/run-summary.ts";
import { drawEvidence, groundsOf } from "../draw-evidence.ts";
import { planOfSeed } from "../draw-plans.ts";
import { findingsOf } from "../finding.ts";
import { brokenIn, promiseToPursue, pursue } from "../pursue-plan.ts";
import type { Failure } from "../sweep-request.ts";
import type { SweepResult } from "../sweep.ts";
import { createTally, type Tally } from "../tally.ts";
import { twoResultsOf, TwoResults } from "../two-results.ts";
import type { Batches, CrashPointsRequest } from "./crash-points-request.ts";
import { createPairSpace, spreadOver, type PairSpace } from "./pairs.ts";
import { createPointTally, hasFired, planEvidence, type PointTally } from "./point-tally.ts";
import { faultAt, pointsOf, type CrashPoint } from "./points.ts";

/**
 * Runs a plan without its faults, and then once for each way to strike at each effect of that run:
 * a crash before it, a crash after it, and the loss of its reply. Nothing before the strike knows
 * of it, so each of them fires. No violation ends it: each is counted, and the first that breaks a
 * promise is made smaller. With or without workers, and however many there are, the evidence is the
 * same, unless time is its budget.
 *
 * @throws TwoResults when a plan goes another way in another thread
 * @throws what a run throws, where nothing was done before it
 */
export async function tryCrashPoints(request: CrashPointsRequest): Promise<SweepResult> {
  const trial = createTrial(request);
  try {
    for (const batches of request.batches) {
      await tryEveryPoint(trial, batches);
    }
    await tryPairs(trial);
    const failures = await pursueAll(trial);
    await lookAgain(trial, failures);
    const brokenOff = failures.find((failure) => failure.brokenOff !== null)?.brokenOff ?? null;
    return conclude(trial, failures, brokenOff);
  } catch (error) {
    if (error instanceof TwoResults || trial.tally.totals().runs === 0) {
      throw error;
    }
    return conclude(trial, [], { error });
  }
}

/** What is known so far. */
interface Trial {
  readonly request: CrashPointsRequest;
  readonly tally: Tally;
  readonly points: PointTally;
  /** The plans with the sizes of batches, by these. */
  readonly plans: Map<Batches, Plan>;
  /** The pairs of each of these. */
  readonly pairs: Map<Batches, PairSpace>;
  /** The first run of those that broke each promise, gravest first. */
  readonly broken: Map<string, Plan>;
  /** Every run, in order: a sample of them is run again. */
  readonly ran: { readonly plan: Plan; readonly traceHash: string | null }[];
  /** Whether something was left out because the command was stopped. */
  isCutShort: boolean;
}

function createTrial(request: CrashPointsRequest): Trial {
  return {
    request,
    tally: createTally(promisesNamed(request.scenario.promises), []),
    points: createPointTally(),
    plans: new Map(),
    pairs: new Map(),
    broken: new Map(),
    ran: [],
    isCutShort: false,
  };
}

const BATCHES_WORDS = {
  ship: "batches as they ship",
  one: "batches of one",
} as const satisfies Record<Batches, string>;

/** The topology is the seed's; knobs that it drew would hide what ships. */
const KNOBS = {
  ship: DEFAULT_KNOBS,
  one: { ...DEFAULT_KNOBS, acceptBatchMax: 1, consumeBatchMax: 1, relayBatchMax: 1 },
} as const satisfies Record<Batches, Knobs>;

/** The plan of the seed with no faults, cut to the requests that are kept. */
async function planWithoutFaults(
  { scenario, mutant, seed, requestsMax }: CrashPointsRequest,
  batches: Batches,
): Promise<Plan> {
  const plan = await planOfSeed({ scenario, mutant, level: LEVELS.rough }, seed);
  const commands = plan.commands.slice(0, requestsMax);
  return { ...plan, commands, faults: [], knobs: KNOBS[batches] };
}

async function tryEveryPoint(trial: Trial, batches: Batches): Promise<void> {
  const { request, points: pointTally } = trial;
  const plan = await planWithoutFaults(request, batches);
  for await (const { run } of runAll(trial, [plan])) {
    const points = pointsOf(
      run.places.map(({ place, times }) => ({ place, first: 1, last: times })),
    );
    pointTally.addPlan(planEvidence(plan, run, BATCHES_WORDS[batches], points.length), points);
    await record(trial, { plan, run, struck: [] });
    const space = createPairSpace();
    trial.plans.set(batches, plan);
    trial.pairs.set(batches, space);
    let done = 0;
    for (const window of inWindows(points)) {
      for await (const each of runAll(
        trial,
        window.map((point) => struckAt(plan, [point])),
      )) {
        const [point] = window.slice(each.index);
        if (point === undefined) {
          throw new Error("a run that nobody asked for came back");
        }
        pointTally.addPoint(point, each.run);
        const isBroken = await record(trial, { ...each, struck: [point] });
        if (request.pairs !== null && !isBroken) {
          space.add(point, each.run.places);
        }
        done += 1;
        await request.onProgress({ kind: "point", done, total: points.length });
      }
    }
  }
}

/** Pairs of points of one plan, in an order of the seed, until the budget is used up. */
async function tryPairs(trial: Trial): Promise<void> {
  const { request, points: pointTally } = trial;
  const { pairs, signal } = request;
  if (pairs === null || signal.aborted) {
    return;
  }
  const spaces = [...trial.pairs];
  const total = spaces.reduce((sum, [, space]) => sum + space.size(), 0);
  pointTally.beginPairs(total);
  const wanted = Math.min(total, pairs.runsMax);
  const order = spreadOver(total, request.seed);
  let done = 0;
  while (done < wanted && !signal.aborted && !pairs.isTimeOver()) {
    const drawn = take(order, Math.min(PAIRS_AT_ONCE, wanted - done)).map((index) =>
      pairAt(trial, spaces, index),
    );
    const plans = drawn.map(({ plan, struck }) => struckAt(plan, struck));
    for await (const each of runAll(trial, plans)) {
      const struck = drawn[each.index]?.struck ?? [];
      pointTally.addPair(each.run);
      await record(trial, { ...each, struck });
      done += 1;
      await request.onProgress({ kind: "pair", done, total: wanted });
    }
  }
}

/** Between two looks at the clock. */
const PAIRS_AT_ONCE = 40;

function pairAt(
  { plans }: Trial,
  spaces: readonly (readonly [Batches, PairSpace])[],
  index: number,
): { readonly plan: Plan; readonly struck: readonly CrashPoint[] } {
  let left = index;
  for (const [batches, space] of spaces) {
    const plan = plans.get(batches);
    if (plan !== undefined && left < space.size()) {
      return { plan, struck: space.at(left) };
    }
    left -= space.size();
  }
  throw new RangeError(`there is no pair ${index}`);
}

function struckAt(plan: Plan, points: readonly CrashPoint[]): Plan {
  return { ...plan, faults: points.map(faultAt) };
}

interface Ran {
  readonly plan: Plan;
  readonly run: RunSummary;
}

/** Runs plans until they are done or the command is stopped, and tells of them in their order. */
async function* runAll(
  trial: Trial,
  plans: readonly Plan[],
): AsyncGenerator<Ran & { readonly index: number }> {
  const { world, workers, scenario, signal } = trial.request;
  let index = 0;
  if (workers === null) {
    const promises = promisesNamed(scenario.promises);
    for (const plan of plans) {
      if (signal.aborted) {
        break;
      }
      yield { plan, index, run: summarize(await runPlan(world, plan, promises)) };
      index += 1;
    }
  } else {
    for await (const { run } of workers.run(plans, signal)) {
      const plan = plans[index];
      if (plan === undefined) {
        throw new Error("a run that nobody asked for came back");
      }
      yield { plan, index, run };
      index += 1;
    }
  }
  trial.isCutShort ||= index < plans.length;
}

/**
 * Enters a run into the sums. Of a pair that did not come to its second effect only what fired is
 * planned: the points alone are what must be tried.
 *
 * @returns whether it is a violation
 */
async function record(
  { request, tally, points, broken, ran }: Trial,
  { plan, run, struck }: Ran & { readonly struck: readonly CrashPoint[] },
): Promise<boolean> {
  const isPair = struck.length > 1;
  const faults = isPair && !hasFired(run) ? run.faults.filter(({ fired }) => fired) : run.faults;
  tally.add(plan.seed, { ...run, faults });
  ran.push({ plan, traceHash: run.traceHash });
  const promises = brokenIn(run);
  const promise = promiseToPursue(request, promises);
  if (promise === undefined) {
    return false;
  }
  points.addViolation(struck, promises);
  if (!broken.has(promise)) {
    broken.set(promise, plan);
  }
  return true;
}

/** Makes the first case of each promise smaller. */
async function pursueAll({ request, broken }: Trial): Promise<readonly Failure[]> {
  const { world, scenario, signal } = request;
  const failures: Failure[] = [];
  for (const [promise, plan] of broken) {
    const outcome = await runPlan(world, plan, promisesNamed(scenario.promises));
    if (!brokenPromises(outcome).includes(promise)) {
      throw await otherwise(request, plan, outcome);
    }
    const onProgress = ({ done }: { readonly done: number }) =>
      request.onProgress({ kind: "shrink", done, total: 0 });
    const pursuit = { ...request, onProgress };
    const first = { seed: plan.seed, promise, outcome, tried: 0, isMinimal: false };
    const failure = await pursue(pursuit, NO_LOG, { ...first, brokenOff: null });
    failures.push(failure);
    if (signal.aborted) {
      break;
    }
  }
  return failures;
}

/** A plan that goes two ways is run where nothing has run before: no other run need be known. */
const NO_LOG = { variant: () => {} };

/** So many of the runs are run again. */
const SAMPLE_MAX = 20;

/**
 * Runs the smallest cases, and a sample of all runs, again in a thread of its own.
 *
 * @throws TwoResults when one goes another way there
 */
async function lookAgain({ request, ran }: Trial, failures: readonly Failure[]): Promise<void> {
  const { secondOpinion, signal } = request;
  if (secondOpinion === null || signal.aborted) {
    return;
  }
  const step = Math.ceil(ran.length / SAMPLE_MAX);
  const sample = [
    ...failures.map(({ outcome: { plan, traceHash } }) => ({ plan, traceHash })),
    ...ran.filter((_, index) => index % step === 0).toReversed(),
  ];
  const runs = await secondOpinion.rerun(sample.map(({ plan }) => plan));
  for (const [index, { plan, traceHash }] of sample.entries()) {
    const again = runs[index]?.traceHash ?? null;
    if (again !== traceHash) {
      throw await otherwise(request, plan, { traceHash }, again);
    }
  }
}

async function otherwise(
  { secondOpinion }: CrashPointsRequest,
  plan: Plan,
  { traceHash }: Pick<Outcome, "traceHash">,
  again: string | null = null,
): Promise<TwoResults> {
  const one = { traceHash, before: [] };
  return twoResultsOf(plan, { one, other: { traceHash: again, before: [] } }, secondOpinion);
}

function conclude(
  { request, tally, points, isCutShort }: Trial,
  failures: readonly Failure[],
  error: SweepResult["error"],
): SweepResult {
  const { seed, host } = request;
  const { findings, replayFiles } = findingsOf(request, failures);
  const seeds = { first: seed, last: seed };
  const grounds = {
    ...groundsOf(request),
    level: null,
    seeds: { ...seeds, completed: tally.totals().runs === 0 ? 0 : 1 },
    shard: null,
    ended: error !== null ? "error" : isCutShort ? "interrupted" : "complete",
    crashPoints: points.evidence(),
    findings,
    command: host.command(seeds),
  } as const;
  return { evidence: drawEvidence(grounds, null, tally, host.digest), replayFiles, error };
}

/** Plans are many: so many are handed to the workers together. */
const WINDOW = 400;

function* inWindows<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += WINDOW) {
    yield items.slice(from, from + WINDOW);
  }
}

function take<Item>(items: Generator<Item>, count: number): readonly Item[] {
  const taken: Item[] = [];
  while (taken.length < count) {
    const next = items.next();
    if (next.done === true) {
      break;
    }
    taken.push(next.value);
  }
  return taken;
}
