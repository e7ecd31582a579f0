import { availableParallelism } from "node:os";
import { Argument, Option, type Command } from "commander";
import type { Evidence } from "../reports/evidence/evidence.ts";
import { seedsAsked } from "../reports/evidence/seeds-asked.ts";
import { SCENARIOS } from "../scenarios/catalogue.ts";
import { MUTANTS } from "../scenarios/mutants/mutants.ts";
import { LEVELS } from "../scenarios/plans/level.ts";
import type { SeedRange, Shard } from "../scenarios/sweeps/seeds.ts";
import { UsageError } from "./failures.ts";
import { freshOutput } from "./fresh-output.ts";
import {
  mutantNamed,
  parseDuration,
  parseLevel,
  parsePorts,
  parseSeeds,
  parseShard,
  parseWholeNumber,
  parseWorkers,
  parseWorld,
  scenarioNamed,
  SHRINK_RUNS_MAX,
  type WorldName,
} from "./options.ts";
import { writeReplayFiles } from "./replay-files.ts";
import { failureOfAll, runAll, type RunAllRequest } from "./run-all.ts";
import { runSweep, type RunRequest } from "./run-sweep.ts";
import { failureOf, tellResult } from "./tell-result.ts";

const DEFAULTS = {
  sim: { seeds: { first: 1, last: 400 }, shrinkRunsMax: SHRINK_RUNS_MAX.sim },
  // A run on real servers takes many seconds.
  real: { seeds: { first: 1, last: 4 }, shrinkRunsMax: SHRINK_RUNS_MAX.real },
} as const;

const WORKER_SEEDS_MIN = 20;

/** In place of a scenario's name: every scenario of the catalogue. */
const ALL = "all";

interface RunOptions {
  readonly world: string;
  readonly seeds?: string;
  readonly mutant?: string;
  readonly out: string;
  readonly shrinkRuns?: string;
  readonly ports?: string;
  readonly workers?: string;
  readonly json?: true;
  readonly level: string;
  readonly shard?: string;
  readonly timeLimit?: string;
  readonly runs?: string;
  readonly bail?: boolean;
}

export function addRunCommand(program: Command): void {
  program
    .command("run")
    .description("run a scenario, or all of them, for a range of seeds and judge every promise")
    .addArgument(scenarioArgument(ALL))
    .option("--world <name>", "sim (simulated, replayable) or real (real servers)", "sim")
    .option("--seeds <range>", `a seed, or a range such as 1..400 (${defaultsOf(describeSeeds)})`)
    .addOption(mutantOption())
    .option(
      "--level <name>",
      "calm (few and short faults, all as it ships), rough, or wild (many at once, knobs at their ends, more processes)",
      LEVELS.rough.name,
    )
    .option(
      "--shard <part>",
      "run a part of the seeds, such as 2/8: every 8th of them, from the 2nd on; falconpay merge makes one of all",
    )
    .option(
      "--time-limit <duration>",
      "end the sweep after so long, such as 90s, 10m or 2h; without --seeds, run as many as there is time for",
    )
    .option(
      "--runs <count>",
      "with all: how many runs in all, shared by what each scenario still finds new",
    )
    .option("--bail", "end at the first seed that breaks a promise (default: with --mutant)")
    .option("--no-bail", "run every seed, whatever breaks (default: without --mutant)")
    .option("--out <folder>", "where report, evidence and replay files are written", "out")
    .option(
      "--shrink-runs <count>",
      `variants tried to make a failing case smaller (${defaultsOf(({ shrinkRunsMax }) => String(shrinkRunsMax))})`,
    )
    .option(
      "--workers <count>",
      "threads of the simulated world; the evidence is the same for any number (default: one for each core)",
    )
    .option(
      "--ports <list>",
      "ports of the real servers, such as postgres=15432,kafka=19092,toxiproxy=8474 (default: free ones)",
    )
    .option(
      "--json",
      "print the evidence on standard output instead of the summary (under npm: npm run -s)",
    )
    .addHelpText("after", `\nExamples:\n${examples().join("\n")}`)
    .action(runCommand);
}

/**
 * The choices are shown; what is none of them is refused in words of our own, with their titles.
 */
export function scenarioArgument(...more: readonly string[]): Argument {
  return new Argument("<scenario>", ["its name", ...more].join(", or "))
    .choices([...SCENARIOS.map(({ name }) => name), ...more])
    .argParser((name: string) => name);
}

/** They are too many to be listed in a line: a wrong one is answered with all of them. */
export function mutantOption(): Option {
  return new Option(
    "--mutant <id>",
    `break the services on purpose, to see a check fail: F0, or another of the ${MUTANTS.length} in docs/architecture.md`,
  );
}

function defaultsOf(describe: (defaults: (typeof DEFAULTS)[WorldName]) => string): string {
  return `default: ${describe(DEFAULTS.sim)}, with --world real ${describe(DEFAULTS.real)}`;
}

function describeSeeds({ seeds }: { readonly seeds: SeedRange }): string {
  return `${seeds.first}..${seeds.last}`;
}

function examples(): readonly string[] {
  return [
    ...SCENARIOS.flatMap(({ name, catches }) => [
      `  falconpay run ${name}`,
      `  falconpay run ${name} --world real --seeds 7`,
      ...catches.map((id) => `  falconpay run ${name} --mutant ${id}`),
    ]),
    "  falconpay run transfer --level wild",
    "  falconpay run transfer --time-limit 10m",
    "  falconpay run transfer --seeds 1..10000 --shard 2/8 --out out/2",
    "  falconpay run transfer --seeds 1..10000 --bail",
    "  falconpay run all --level wild --time-limit 10m",
    "  falconpay run all --seeds 1..100",
  ];
}

async function runCommand(name: string, options: RunOptions): Promise<void> {
  return name === ALL ? runAllScenarios(options) : runScenario(name, options);
}

async function runScenario(name: string, options: RunOptions): Promise<void> {
  const request = readRequest(name, options);
  const { out } = request;
  await freshOutput(out);
  const { result, measuredMs } = await runSweep(request);
  const { evidence } = result;
  await tellResult(result, {
    out,
    isData: options.json === true,
    wallMs: measuredMs,
    failure: failureOf(evidence),
    hint: howToSeeItFail(request, evidence),
    writeBeside: () => writeReplayFiles(out, result),
  });
}

async function runAllScenarios(options: RunOptions): Promise<void> {
  const request = readAllRequest(options);
  const { out } = request;
  await freshOutput(out);
  const { evidence, results, error, measuredMs } = await runAll(request);
  await tellResult(
    { evidence, error },
    {
      out,
      isData: options.json === true,
      wallMs: measuredMs,
      failure: failureOfAll(evidence),
      hint: "",
      async writeBeside() {
        for (const result of results) {
          await writeReplayFiles(out, result);
        }
      },
    },
  );
}

/** After a pass, how to see the check fail. */
function howToSeeItFail(
  { mutant, worldName, scenario }: RunRequest,
  { verdict }: Evidence,
): string {
  return mutant === null && worldName === "sim" && verdict === "pass"
    ? scenario.catches
        .map(
          (id) => `To see a check fail: npm run falconpay -- run ${scenario.name} --mutant ${id}`,
        )
        .join("\n")
    : "";
}

/** What goes with one scenario only, and why. */
const NOT_WITH_ALL = [
  [
    "mutant",
    "--mutant",
    "a defect is looked for in one scenario; falconpay mutants tries them all",
  ],
  ["shard", "--shard", "which seeds are run follows from what all runs before them found"],
  ["ports", "--ports", "all scenarios are run in the simulated world"],
] as const;

function readAllRequest(options: RunOptions): RunAllRequest {
  for (const [name, option, why] of NOT_WITH_ALL) {
    if (options[name] !== undefined) {
      throw new UsageError(`${option} does not go with all: ${why}`);
    }
  }
  if (parseWorld(options.world) === "real") {
    throw new UsageError(
      "--world real does not go with all: on real servers a scenario is run by its name",
    );
  }
  if (options.bail === true) {
    throw new UsageError("--bail does not go with all: a failure of one ends none of the others");
  }
  if (options.runs !== undefined && options.seeds !== undefined) {
    throw new UsageError("--runs and --seeds: expected one of them");
  }
  const runsMax = options.runs === undefined ? null : parseRuns(options.runs);
  const timeLimitMs =
    options.timeLimit === undefined ? null : parseDuration(options.timeLimit, "--time-limit");
  const seeds =
    runsMax === null
      ? readSeeds(options.seeds, DEFAULTS.sim.seeds, { shard: null, timeLimitMs })
      : { first: DEFAULTS.sim.seeds.first, last: null };
  return {
    level: parseLevel(options.level),
    seeds,
    runsMax,
    timeLimitMs,
    shrinkRunsMax: readShrinkRuns(options.shrinkRuns, DEFAULTS.sim.shrinkRunsMax),
    out: options.out,
    workers: readWorkers(options.workers, runsMax ?? asked(seeds, null)),
  };
}

function parseRuns(text: string): number {
  const runs = parseWholeNumber(text, "--runs");
  if (runs === 0) {
    throw new UsageError("--runs 0: expected at least one");
  }
  return runs;
}

function readShrinkRuns(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : parseWholeNumber(text, "--shrink-runs");
}

function readRequest(name: string, options: RunOptions): RunRequest {
  if (options.runs !== undefined) {
    throw new UsageError("--runs goes with all; for one scenario, --seeds says how many");
  }
  const worldName = parseWorld(options.world);
  const defaults = DEFAULTS[worldName];
  const shard = options.shard === undefined ? null : parseShard(options.shard);
  const timeLimitMs =
    options.timeLimit === undefined ? null : parseDuration(options.timeLimit, "--time-limit");
  const seeds = readSeeds(options.seeds, defaults.seeds, { shard, timeLimitMs });
  return {
    scenario: scenarioNamed(name),
    mutant: options.mutant === undefined ? null : mutantNamed(options.mutant),
    worldName,
    level: parseLevel(options.level),
    seeds,
    shard,
    timeLimitMs,
    // A mutant is run to see it noticed, which it is once.
    bail: options.bail ?? options.mutant !== undefined,
    shrinkRunsMax: readShrinkRuns(options.shrinkRuns, defaults.shrinkRunsMax),
    out: options.out,
    workers: readWorkers(options.workers, asked(seeds, shard)),
    ports: options.ports === undefined ? {} : parsePorts(options.ports),
  };
}

/** With a limit of time and no seeds, as many are run as there is time for. */
function readSeeds(
  text: string | undefined,
  fallback: SeedRange,
  { shard, timeLimitMs }: Pick<RunRequest, "shard" | "timeLimitMs">,
): RunRequest["seeds"] {
  if (text === undefined && shard !== null) {
    throw new UsageError("--shard: of which seeds? It goes with --seeds");
  }
  if (text !== undefined) {
    const seeds = parseSeeds(text);
    if (asked(seeds, shard) === 0) {
      throw new UsageError(`--shard: ${text} has fewer seeds than there are shards`);
    }
    return seeds;
  }
  return timeLimitMs === null ? fallback : { first: fallback.first, last: null };
}

/** How many seeds are to be run; null for as many as there is time for. */
function asked({ first, last }: RunRequest["seeds"], shard: Shard | null): number | null {
  return last === null ? null : seedsAsked({ seeds: { first, last }, shard });
}

/** A thread is worth its start-up only for some seeds. */
function readWorkers(text: string | undefined, seeds: number | null): number {
  const cores = availableParallelism();
  if (text !== undefined) {
    return parseWorkers(text, cores);
  }
  return seeds === null ? cores : Math.min(cores, Math.ceil(seeds / WORKER_SEEDS_MIN));
}
