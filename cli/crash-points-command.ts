import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Option, type Command } from "commander";
import { counted, groupedNumber } from "../reports/words/number-words.ts";
import { SCENARIOS } from "../scenarios/catalogue.ts";
import {
  BATCHES,
  type Batches,
  type CrashPointsProgress,
  type CrashPointsRequest,
  type PairsBudget,
} from "../scenarios/sweeps/crash-points/crash-points-request.ts";
import { tryCrashPoints } from "../scenarios/sweeps/crash-points/crash-points.ts";
import type { SweepResult } from "../scenarios/sweeps/sweep.ts";
import { UsageError } from "./failures.ts";
import { freshOutput } from "./fresh-output.ts";
import {
  mutantNamed,
  parseDuration,
  parseSeeds,
  parseWholeNumber,
  parseWorkers,
  scenarioNamed,
  SHRINK_RUNS_MAX,
} from "./options.ts";
import { writeReplayFiles } from "./replay-files.ts";
import { mutantOption, scenarioArgument } from "./run-command.ts";
import { hostThatSays, withMeans } from "./run-sweep.ts";
import { failureOf, tellResult } from "./tell-result.ts";

/** Every effect is known, and every strike planned, in the simulated world only. */
const WORLD = { worldName: "sim", ports: {} } as const;

const DEFAULTS = { seed: 1, requests: 20, pairs: 1_000 } as const;

interface CrashPointsOptions {
  readonly seed?: string;
  readonly requests?: string;
  readonly batches: string;
  readonly pairs?: true;
  readonly runs?: string;
  readonly timeLimit?: string;
  readonly mutant?: string;
  readonly out: string;
  readonly shrinkRuns?: string;
  readonly workers?: string;
  readonly json?: true;
}

export function addCrashPointsCommand(program: Command): void {
  program
    .command("crash-points")
    .description("strike at every effect of one run, each in a run of its own")
    .addArgument(scenarioArgument())
    .option(
      "--seed <number>",
      `whose requests and processes are taken; its faults and knobs are not (default: ${DEFAULTS.seed})`,
    )
    .option(
      "--requests <count>",
      `how many of its requests are kept, from the first on (default: ${DEFAULTS.requests})`,
    )
    .addOption(
      new Option("--batches <sizes>", "ship (as they ship), one (batches of one), or both")
        .choices([...BATCHES, "both"])
        .default("both"),
    )
    .option("--pairs", "then try pairs: two crashes, or a crash and a lost reply")
    .option(
      "--runs <count>",
      `how many pairs are tried at most (default: ${DEFAULTS.pairs}, with --time-limit all)`,
    )
    .option("--time-limit <time>", "how long pairs are tried at most, such as 90s, 10m or 2h")
    .addOption(mutantOption())
    .option("--out <folder>", "where report, evidence and replay files are written", "out")
    .option(
      "--shrink-runs <count>",
      `variants tried to make a failing case smaller (default: ${SHRINK_RUNS_MAX.sim})`,
    )
    .option(
      "--workers <count>",
      "threads; the evidence is the same for any number (default: one for each core)",
    )
    .option(
      "--json",
      "print the evidence on standard output instead of the summary (under npm: npm run -s)",
    )
    .addHelpText("after", `\nExamples:\n${examples().join("\n")}`)
    .action(crashPointsCommand);
}

function examples(): readonly string[] {
  return SCENARIOS.flatMap(({ name }) => [
    `  falconpay crash-points ${name}`,
    `  falconpay crash-points ${name} --pairs --time-limit 10m`,
  ]);
}

/** The command as it was understood. */
interface Asked extends Omit<
  CrashPointsRequest,
  "world" | "workers" | "secondOpinion" | "onProgress" | "signal"
> {
  readonly out: string;
  readonly threads: number;
}

async function crashPointsCommand(name: string, options: CrashPointsOptions): Promise<void> {
  const asked = readOptions(name, options);
  await freshOutput(asked.out);
  const { result, wallMs } = await tryAll(asked);
  await tellResult(result, {
    out: asked.out,
    isData: options.json === true,
    wallMs,
    failure: failureOf(result.evidence),
    hint: "",
    writeBeside: () => writeReplayFiles(asked.out, result),
  });
}

async function tryAll(
  asked: Asked,
): Promise<{ readonly result: SweepResult; readonly wallMs: number }> {
  const variant = asked.mutant === null ? "" : `, mutant ${asked.mutant.id}`;
  const title = `crash points of ${asked.scenario.name}, seed ${asked.seed}${variant}`;
  const setting = { ...WORLD, out: asked.out, workers: asked.threads, timeLimitMs: null };
  const beganAtMs = Date.now();
  const result = await withMeans(setting, title, ({ means, tell }) =>
    tryCrashPoints({
      ...asked,
      ...means,
      async onProgress(progress) {
        tell(describeProgress(progress));
        await nextTurn();
      },
    }),
  );
  return { result, wallMs: Date.now() - beganAtMs };
}

function describeProgress({ kind, done, total }: CrashPointsProgress): string {
  return kind === "shrink"
    ? `a promise broke; making the case smaller, ${counted(done, "variant")} tried`
    : `${groupedNumber(done)} of ${counted(total, kind)}`;
}

function readOptions(name: string, options: CrashPointsOptions): Asked {
  const scenario = scenarioNamed(name);
  const mutant = options.mutant === undefined ? null : mutantNamed(options.mutant);
  const seed = readSeed(options.seed);
  const { out } = options;
  const cores = availableParallelism();
  const asked = {
    scenario,
    mutant,
    seed,
    requestsMax: wholeNumber(options.requests, "--requests", DEFAULTS.requests),
    batches: readBatches(options.batches),
    pairs: readPairs(options),
    shrinkRunsMax: wholeNumber(options.shrinkRuns, "--shrink-runs", SHRINK_RUNS_MAX.sim),
    out,
    threads: options.workers === undefined ? cores : parseWorkers(options.workers, cores),
  };
  const command = commandOf(asked, options);
  return { ...asked, host: hostThatSays({ ...WORLD, out }, () => command) };
}

function readSeed(text: string | undefined): number {
  const { first, last } =
    text === undefined ? { first: DEFAULTS.seed, last: DEFAULTS.seed } : parseSeeds(text);
  if (first !== last) {
    throw new UsageError(`--seed ${text}: expected one seed, such as 7`);
  }
  return first;
}

function readBatches(text: string): readonly Batches[] {
  return BATCHES.filter((each) => text === "both" || text === each);
}

function readPairs({ pairs, runs, timeLimit }: CrashPointsOptions): PairsBudget | null {
  if (pairs !== true) {
    if (runs !== undefined || timeLimit !== undefined) {
      throw new UsageError(
        "--runs and --time-limit go with --pairs: every single point is tried, however many there are",
      );
    }
    return null;
  }
  const limitMs = timeLimit === undefined ? undefined : parseDuration(timeLimit, "--time-limit");
  const runsMax = wholeNumber(
    runs,
    "--runs",
    limitMs === undefined ? DEFAULTS.pairs : Number.POSITIVE_INFINITY,
  );
  let deadlineAtMs: number | undefined;
  return {
    runsMax,
    isTimeOver() {
      deadlineAtMs ??= Date.now() + (limitMs ?? Number.POSITIVE_INFINITY);
      return Date.now() >= deadlineAtMs;
    },
  };
}

/** With every option that changes what the evidence says. */
function commandOf(
  { scenario, mutant, seed, requestsMax, batches, pairs, shrinkRunsMax }: Omit<Asked, "host">,
  { timeLimit }: CrashPointsOptions,
): string {
  const isFinite = pairs !== null && Number.isFinite(pairs.runsMax);
  return [
    `npm run falconpay -- crash-points ${scenario.name} --seed ${seed} --requests ${requestsMax}`,
    ...(batches.length === BATCHES.length ? [] : [`--batches ${batches.join(",")}`]),
    ...(pairs === null ? [] : ["--pairs"]),
    ...(isFinite ? [`--runs ${pairs.runsMax}`] : []),
    ...(timeLimit === undefined ? [] : [`--time-limit ${timeLimit}`]),
    ...(mutant === null ? [] : [`--mutant ${mutant.id}`]),
    ...(shrinkRunsMax === SHRINK_RUNS_MAX.sim ? [] : [`--shrink-runs ${shrinkRunsMax}`]),
  ].join(" ");
}

function wholeNumber(text: string | undefined, option: string, fallback: number): number {
  return text === undefined ? fallback : parseWholeNumber(text, option);
}
