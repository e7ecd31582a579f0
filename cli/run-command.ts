import { availableParallelism } from "node:os";
import { Argument, Option, type Command } from "commander";
import type { Evidence } from "../reports/evidence/evidence.ts";
import { SCENARIOS } from "../scenarios/catalogue.ts";
import { MUTANTS } from "../scenarios/mutants/mutants.ts";
import { freshOutput } from "./fresh-output.ts";
import {
  mutantNamed,
  parsePorts,
  parseSeeds,
  parseWholeNumber,
  parseWorkers,
  parseWorld,
  scenarioNamed,
  SHRINK_RUNS_MAX,
  type SeedRange,
  type WorldName,
} from "./options.ts";
import { runSweep, type RunRequest } from "./run-sweep.ts";
import { failureOf, tellResult } from "./tell-result.ts";

const DEFAULTS = {
  sim: { seeds: { first: 1, last: 400 }, shrinkRunsMax: SHRINK_RUNS_MAX.sim },
  // A run on real servers takes many seconds.
  real: { seeds: { first: 1, last: 4 }, shrinkRunsMax: SHRINK_RUNS_MAX.real },
} as const;

const WORKER_SEEDS_MIN = 20;

interface RunOptions {
  readonly world: string;
  readonly seeds?: string;
  readonly mutant?: string;
  readonly out: string;
  readonly shrinkRuns?: string;
  readonly ports?: string;
  readonly workers?: string;
  readonly json?: true;
}

export function addRunCommand(program: Command): void {
  program
    .command("run")
    .description("run a scenario for a range of seeds and judge every promise")
    .addArgument(scenarioArgument())
    .option("--world <name>", "sim (simulated, replayable) or real (real servers)", "sim")
    .option("--seeds <range>", `a seed, or a range such as 1..400 (${defaultsOf(describeSeeds)})`)
    .addOption(mutantOption())
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
export function scenarioArgument(): Argument {
  return new Argument("<scenario>", "its name")
    .choices(SCENARIOS.map(({ name }) => name))
    .argParser((name: string) => name);
}

export function mutantOption(): Option {
  return new Option("--mutant <id>", "break the services on purpose, to see a check fail")
    .choices(MUTANTS.map(({ id }) => id))
    .argParser((id: string) => id);
}

function defaultsOf(describe: (defaults: (typeof DEFAULTS)[WorldName]) => string): string {
  return `default: ${describe(DEFAULTS.sim)}, with --world real ${describe(DEFAULTS.real)}`;
}

function describeSeeds({ seeds }: { readonly seeds: SeedRange }): string {
  return `${seeds.first}..${seeds.last}`;
}

function examples(): readonly string[] {
  return SCENARIOS.flatMap(({ name, catches }) => [
    `  falconpay run ${name}`,
    `  falconpay run ${name} --world real --seeds 7`,
    ...catches.map((id) => `  falconpay run ${name} --mutant ${id}`),
  ]);
}

async function runCommand(name: string, options: RunOptions): Promise<void> {
  const request = readRequest(name, options);
  await freshOutput(request.out);
  const { result, measuredMs } = await runSweep(request);
  const { evidence, replayFile, error } = result;
  const replayFiles = replayFile === null ? [] : [replayFile];
  await tellResult(
    { evidence, replayFiles, error },
    {
      out: request.out,
      isData: options.json === true,
      wallMs: measuredMs,
      failure: failureOf(request, evidence),
      hint: howToSeeItFail(request, evidence),
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

function readRequest(name: string, options: RunOptions): RunRequest {
  const worldName = parseWorld(options.world);
  const defaults = DEFAULTS[worldName];
  const seeds = options.seeds === undefined ? defaults.seeds : parseSeeds(options.seeds);
  return {
    scenario: scenarioNamed(name),
    mutant: options.mutant === undefined ? null : mutantNamed(options.mutant),
    worldName,
    seeds,
    shrinkRunsMax:
      options.shrinkRuns === undefined
        ? defaults.shrinkRunsMax
        : parseWholeNumber(options.shrinkRuns, "--shrink-runs"),
    out: options.out,
    workers: readWorkers(options.workers, seeds),
    ports: options.ports === undefined ? {} : parsePorts(options.ports),
  };
}

/** A thread is worth its start-up only for some seeds. */
function readWorkers(text: string | undefined, { first, last }: SeedRange): number {
  const worthwhile = Math.ceil((last - first + 1) / WORKER_SEEDS_MIN);
  return text === undefined
    ? Math.min(availableParallelism(), worthwhile)
    : parseWorkers(text, availableParallelism());
}
