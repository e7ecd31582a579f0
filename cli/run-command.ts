import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Argument, Option, type Command } from "commander";
import { encodeEvidence } from "../reports/evidence/evidence-codec.ts";
import type { Evidence } from "../reports/evidence/evidence.ts";
import { exitCodeOf, type ExitCode } from "../reports/evidence/verdict.ts";
import { failureText } from "../reports/text/failure-text.ts";
import { junitText } from "../reports/text/junit-text.ts";
import { reportText, summaryText } from "../reports/text/summary-text.ts";
import { writeReport } from "../reports/write-report.ts";
import { writeWhole } from "../reports/write-whole.ts";
import { SCENARIOS } from "../scenarios/catalogue.ts";
import { MUTANTS } from "../scenarios/mutants/mutants.ts";
import { encodeReplayFile } from "../scenarios/plans/replay-file.ts";
import type { SweepResult } from "../scenarios/sweeps/sweep.ts";
import { conclude } from "./conclude.ts";
import { exitCodeOfError, explain } from "./failures.ts";
import { freshOutput } from "./fresh-output.ts";
import { tellGithub } from "./github.ts";
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
import { say } from "./output.ts";
import { digestOf } from "./product.ts";
import { runSweep, type RunRequest } from "./run-sweep.ts";
import { writeTrace } from "./write-trace.ts";

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
function scenarioArgument(): Argument {
  return new Argument("<scenario>", "its name")
    .choices(SCENARIOS.map(({ name }) => name))
    .argParser((name: string) => name);
}

function mutantOption(): Option {
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
  const { evidence } = result;
  const isData = options.json === true;
  const color = process.stdout.isTTY && process.env["NO_COLOR"] === undefined;
  // The verdict is told before anything is written: a full disk does not take it away.
  await say(
    isData ? encodeEvidence(evidence) : `${summaryText(evidence, { wallMs: measuredMs, color })}\n`,
  );
  const tell = isData ? (text: string) => void process.stderr.write(text) : say;
  const failure = failureOf(request, evidence);
  if (failure !== "") {
    await tell(`\n${failure}\n`);
  }
  const exitCode = exitCodeOfResult(result);
  await conclude(exitCode, async () => {
    const { reportPath } = await write(request, result, measuredMs);
    await tellGithub(evidence);
    await tell(`${failure === "" ? "" : "\n"}${reportText(reportPath)}\n`);
    const hint = howToSeeItFail(request, evidence);
    if (hint !== "") {
      await tell(`\n${hint}\n`);
    }
  });
  if (result.error !== null) {
    process.stderr.write(`\nended by an error:\n${explain(result.error.error)}\n`);
  }
}

/** An error that ended the sweep goes before every verdict but that a promise is broken. */
function exitCodeOfResult({ evidence, error }: SweepResult): ExitCode {
  return error === null || evidence.verdict === "fail"
    ? exitCodeOf(evidence.verdict)
    : exitCodeOfError(error.error);
}

/** What broke, where something did; of a mutant, also that something else did. */
function failureOf({ mutant }: RunRequest, evidence: Evidence): string {
  if (evidence.findings.length > 0) {
    return failureText(evidence);
  }
  return mutant !== null && evidence.verdict === "fail"
    ? `mutant ${mutant.id} was caught, but not by ${mutant.breaks}, the promise named for it`
    : "";
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

async function write(
  { out }: RunRequest,
  { evidence, replayFile }: SweepResult,
  wallMs: number,
): Promise<{ readonly reportPath: string }> {
  if (replayFile !== null) {
    const file = join(out, replayFile.name);
    await writeWhole(file, encodeReplayFile(replayFile.content, digestOf));
    if (evidence.world === "sim") {
      await writeTrace(replayFile.content, `${file.replace(/\.json$/, "")}.trace.jsonl`);
    }
  }
  const report = await writeReport(evidence, { folder: out });
  await writeWhole(join(out, "junit.xml"), junitText(evidence, { wallMs }));
  return report;
}
