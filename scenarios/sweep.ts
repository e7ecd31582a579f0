import fc from "fast-check";
import { verdictOf } from "../reports/verdict.ts";
import type { Evidence, Finding } from "../reports/evidence.ts";
import { findingOf } from "./finding.ts";
import type { Mutant } from "./mutants/mutant.ts";
import type { Plan } from "./plan.ts";
import type { ReplayFile } from "./replay-file.ts";
import { brokenPromises, runPlan, type Outcome } from "./run-plan.ts";
import type { PlanDraft, Scenario } from "./scenario.ts";
import { createTally, type Tally } from "./tally.ts";
import type { World } from "./world.ts";

export interface SweepRequest {
  readonly world: World;
  readonly scenario: Scenario;
  readonly mutant: Mutant | null;
  /** Both ends are run. */
  readonly seeds: { readonly first: number; readonly last: number };
  /** How many variants may be run to make a failing case smaller; 0 keeps it as it is. */
  readonly shrinkRunsMax: number;
  /** Called after every run of a seed, and after every variant tried while shrinking. */
  readonly onProgress: (progress: SweepProgress) => Promise<void>;
  /** Ends the sweep after the run in hand; what was done is kept. */
  readonly signal: AbortSignal;
  readonly host: SweepHost;
}

/** What a sweep needs to know of where it runs. */
export interface SweepHost {
  readonly product: string;
  /** The command that asked for the sweep. */
  readonly command: string;
  /** The command that replays a file. */
  readonly replayCommand: (fileName: string) => string;
  /** A hash over many hashes, in hexadecimal. */
  readonly digest: (text: string) => string;
}

export interface SweepProgress {
  readonly kind: "seed" | "shrink";
  /** Seeds done, or variants tried. */
  readonly done: number;
  readonly simulatedMs: number;
}

export interface SweepResult {
  readonly evidence: Evidence;
  /** To be written beside the evidence under this name. */
  readonly replayFile: { readonly name: string; readonly content: ReplayFile } | null;
}

/**
 * Runs a scenario for each seed until one breaks a promise, and makes that case as small as it can:
 * each seed is a fast-check property over the scenario's drafts, which fast-check shrinks.
 */
export async function sweep(request: SweepRequest): Promise<SweepResult> {
  const tally = createTally();
  for (let seed = request.seeds.first; seed <= request.seeds.last; seed += 1) {
    if (request.signal.aborted) {
      return conclude(request, tally, null);
    }
    const failure = await runSeed(request, tally, seed);
    if (failure !== null) {
      return conclude(request, tally, await findingOf(request, failure));
    }
  }
  return conclude(request, tally, null);
}

/** The smallest case found of a seed that broke a promise. */
export interface Failure {
  readonly seed: number;
  readonly promise: string;
  readonly plan: Plan;
  /** How many variants were run to make it smaller. */
  readonly tried: number;
}

async function runSeed(request: SweepRequest, tally: Tally, seed: number): Promise<Failure | null> {
  const pursuit: Pursuit = { promise: undefined, tried: 0, error: undefined };
  const toPlan = (draft: PlanDraft) => planOf(request, seed, draft);
  const property = fc.asyncProperty(request.scenario.drafts, async (draft) => {
    try {
      return pursuit.promise === undefined
        ? await runFirst(request, tally, pursuit, toPlan(draft))
        : await runVariant(request, pursuit, toPlan(draft));
    } catch (error) {
      // An error is no counterexample: it must not be shrunk, but end the sweep.
      pursuit.error = { error };
      return true;
    }
  });
  const { counterexample } = await fc.check(property, { seed: scattered(seed), numRuns: 1 });
  if (pursuit.error !== undefined) {
    // An interruption takes a world down in the middle of a run, which then fails: no error.
    if (request.signal.aborted) {
      return null;
    }
    throw pursuit.error.error;
  }
  if (pursuit.promise === undefined || counterexample === null) {
    return null;
  }
  const { promise, tried } = pursuit;
  return { seed, promise, plan: toPlan(counterexample[0]), tried };
}

/** One seed's way from its run to the smallest case. */
interface Pursuit {
  /** The promise that the seed's run broke. */
  promise: string | undefined;
  /** Variants run since. */
  tried: number;
  error: { readonly error: unknown } | undefined;
}

/** The seed's own run. @returns whether there is nothing to pursue */
async function runFirst(
  request: SweepRequest,
  tally: Tally,
  pursuit: Pursuit,
  plan: Plan,
): Promise<boolean> {
  const outcome = await runPlan(request.world, plan);
  tally.add(outcome);
  const { runs, simulatedMs } = tally.totals();
  await request.onProgress({ kind: "seed", done: runs, simulatedMs });
  pursuit.promise = promiseToPursue(request, outcome);
  return pursuit.promise === undefined;
}

/** A smaller variant. @returns whether it keeps the promise, or is not to be tried any more */
async function runVariant(request: SweepRequest, pursuit: Pursuit, plan: Plan): Promise<boolean> {
  if (pursuit.tried >= request.shrinkRunsMax || request.signal.aborted) {
    return true;
  }
  pursuit.tried += 1;
  const outcome = await runPlan(request.world, plan);
  const { elapsedMs } = outcome;
  await request.onProgress({ kind: "shrink", done: pursuit.tried, simulatedMs: elapsedMs });
  return !brokenPromises(outcome).some((promise) => promise === pursuit.promise);
}

/** The promise whose breach is made smaller: a mutant's own, otherwise the gravest that broke. */
function promiseToPursue(request: SweepRequest, outcome: Outcome): string | undefined {
  const broken = brokenPromises(outcome);
  return request.mutant === null
    ? broken[0]
    : broken.find((promise) => promise === request.mutant?.breaks);
}

function planOf({ scenario, mutant }: SweepRequest, seed: number, draft: PlanDraft): Plan {
  return { scenario: scenario.name, seed, mutant: mutant?.id ?? null, ...draft };
}

/**
 * Seeds next to each other, far apart: weak generators give near-identical draws for adjacent seeds.
 * The finalizer of MurmurHash3 (Austin Appleby), on 32 bits.
 */
function scattered(seed: number): number {
  let hash = seed >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function conclude(
  request: SweepRequest,
  tally: Tally,
  found: { readonly finding: Finding; readonly replayFile: ReplayFile } | null,
): SweepResult {
  const { world, scenario, mutant, seeds, host } = request;
  const totals = tally.totals();
  const interrupted = request.signal.aborted && totals.runs < seeds.last - seeds.first + 1;
  const promises = tally.promises();
  const hashes = tally.traceHashes();
  const { name, title, description } = scenario;
  const evidence: Evidence = {
    format: "falconpay-evidence",
    version: 1,
    product: host.product,
    scenario: { name, title, description },
    world: world.kind,
    mutant: mutant === null ? null : { id: mutant.id, defect: mutant.defect },
    seeds: { ...seeds, completed: totals.runs },
    interrupted,
    ...verdictOf({ ...totals, interrupted, promises }),
    totals,
    crashPlaces: tally.crashPlaces(),
    promises,
    findings: found === null ? [] : [found.finding],
    traceHash: hashes.length === 0 ? null : host.digest(hashes.join("\n")),
    servers: world.servers,
    command: host.command,
  };
  return {
    evidence,
    replayFile:
      found === null ? null : { name: found.finding.replay.file, content: found.replayFile },
  };
}
