import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Arbitrary } from "fast-check";
import { expect } from "vitest";
import { codeDigest, digestOf, productVersion } from "../cli/product.ts";
import type { Mutant } from "../scenarios/mutants/mutant.ts";
import { LEVELS } from "../scenarios/plans/level.ts";
import type { Plan } from "../scenarios/plans/plan.ts";
import { decodeReplayFile, encodeReplayFile } from "../scenarios/plans/replay-file.ts";
import type { PlanDraft } from "../scenarios/plans/scenario.ts";
import { brokenPromises, runPlan, type Outcome } from "../scenarios/runs/run-plan.ts";
import { planOfSeed } from "../scenarios/sweeps/draw-plans.ts";
import { shrinkPlan } from "../scenarios/sweeps/shrink-plan.ts";
import type { World } from "../scenarios/world.ts";
import { createSimulatedWorld } from "../sim/world/world.ts";
import { readEnvironment, type SuiteEnvironment } from "./environment.ts";
import { addMatchers } from "./matchers.ts";

addMatchers();

/** What a run of a plan came to: what the matchers and a suite's own assertions look at. */
export type Run = Outcome;

export interface SuiteOptions {
  /** Parts that take the place of the services' own, as they are made for each process. */
  readonly parts?: Mutant["parts"];
  /** Plans that are drawn, unless the environment says another number. */
  readonly runs?: number;
  /** Variants that are run to make a failing plan smaller. */
  readonly shrinkRunsMax?: number;
  /** Where replay files are written. */
  readonly out?: string;
}

const DEFAULT_RUNS = 20;
const DEFAULT_SHRINK_RUNS = 500;
/** Whose promises a replay judges: all. */
const SCENARIO = "transfer";

/**
 * Runs plans in the simulated world, judges every promise of each, and hands each run to the
 * property, which throws where something is not as it should be. A plan that fails is made as small
 * as it can be, and saved; the error says how it was found, how small it is, what happened in it,
 * and how to run it again. docs/suites.md says what the environment decides.
 *
 * @throws Error when the property throws for a run
 */
export async function forAllPlans(
  drafts: Arbitrary<PlanDraft>,
  property: (run: Run) => void | Promise<void>,
  options: SuiteOptions = {},
): Promise<void> {
  const environment = readEnvironment(process.env);
  const world = await createSimulatedWorld({ parts: options.parts });
  const suite = { world, property, options, environment };
  if (environment.replay !== undefined) {
    const text = readFileSync(environment.replay, "utf8");
    await property(await runPlan(world, decodeReplayFile(text, environment.replay, digestOf).plan));
    return;
  }
  const { seed, path, minutes } = environment;
  const runs = environment.runs ?? options.runs ?? DEFAULT_RUNS;
  const untilMs = minutes === undefined ? undefined : performance.now() + minutes * 60_000;
  const goesOn = (run: number) =>
    untilMs === undefined ? run < path + runs : performance.now() < untilMs;
  for (let run = path; goesOn(run); run += 1) {
    const drawn = {
      scenario: { name: SCENARIO, draftsAt: () => drafts },
      mutant: null,
      level: LEVELS.rough,
    };
    const failed = await failureOf(suite, await planOfSeed(drawn, seed + run));
    if (failed !== null) {
      throw await makeSmaller(suite, run, failed);
    }
  }
}

interface Suite {
  readonly world: World;
  readonly property: (run: Run) => void | Promise<void>;
  readonly options: SuiteOptions;
  readonly environment: SuiteEnvironment;
}

interface Failed {
  readonly run: Run;
  readonly cause: unknown;
}

/** Null where the property holds. */
async function failureOf({ world, property }: Suite, plan: Plan): Promise<Failed | null> {
  const run = await runPlan(world, plan);
  try {
    await property(run);
    return null;
  } catch (cause) {
    return { run, cause };
  }
}

/** The error that tells of the smallest plan that fails, by the promise by which the first did. */
async function makeSmaller(suite: Suite, run: number, first: Failed): Promise<Error> {
  const [promise] = brokenPromises(first.run);
  const shrinkRunsMax = suite.options.shrinkRunsMax ?? DEFAULT_SHRINK_RUNS;
  let smallest = first;
  let tried = 0;
  const { isMinimal } = await shrinkPlan(first.run.plan, async (plan) => {
    if (tried >= shrinkRunsMax) {
      return undefined;
    }
    tried += 1;
    const failed = await failureOf(suite, plan);
    const isSame =
      failed !== null && (promise === undefined || brokenPromises(failed.run).includes(promise));
    smallest = isSame ? failed : smallest;
    return isSame;
  });
  const { plan } = smallest.run;
  const size = `${plan.commands.length} commands and ${plan.faults.length} faults`;
  const minimal = isMinimal
    ? "without any one of them (a command with those that build on it) it passes, each was tried"
    : "whether one can be left out is not known";
  const file = save(suite, smallest.run, promise ?? "property");
  const { cause } = smallest;
  return new Error(
    [
      `run ${run} of seed ${suite.environment.seed} failed`,
      `smallest: ${size}; ${minimal} (${tried} variants were run)`,
      `replay: ${replayCommand(suite, file)}`,
      `again: FALCONPAY_SEED=${suite.environment.seed} FALCONPAY_PATH=${run} FALCONPAY_RUNS=1 ${thisTest()}`,
      cause instanceof Error ? cause.message : String(cause),
    ].join("\n"),
    { cause },
  );
}

function save({ options, environment }: Suite, run: Run, promise: string): string {
  const { out = "out/suites" } = options;
  const file = join(out, `${promise}-${run.plan.seed}.json`);
  const expected = { promise, traceHash: run.traceHash };
  const writtenBy = { product: productVersion(), code: codeDigest() };
  mkdirSync(out, { recursive: true });
  writeFileSync(file, encodeReplayFile({ plan: run.plan, expected, writtenBy }, digestOf));
  return environment.replay ?? file;
}

/** The command line runs the services as they are; parts of a suite are known to it alone. */
function replayCommand({ options }: Suite, file: string): string {
  return options.parts === undefined
    ? `npm run falconpay -- replay ${file}`
    : `FALCONPAY_REPLAY=${file} ${thisTest()}`;
}

function thisTest(): string {
  const { testPath = "", currentTestName = "" } = expect.getState();
  const name = currentTestName.split(" > ").at(-1) ?? "";
  return `npx vitest run ${relative(process.cwd(), testPath)} -t ${JSON.stringify(name)}`;
}
