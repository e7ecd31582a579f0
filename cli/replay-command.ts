import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import type { ExitCode } from "../reports/evidence/verdict.ts";
import { findScenario } from "../scenarios/catalogue.ts";
import { findMutant } from "../scenarios/mutants/mutants.ts";
import { decodeReplayFile, type ReplayFile } from "../scenarios/plans/replay-file.ts";
import { promisesNamed } from "../scenarios/promises/promises.ts";
import { brokenPromises, runPlan, type Outcome } from "../scenarios/runs/run-plan.ts";
import { tellStory } from "../scenarios/stories/story.ts";
import type { TraceRecord } from "../sim/kernel/trace.ts";
import { UsageError } from "./failures.ts";
import { onInterruption } from "./interruption.ts";
import { parseWorld } from "./options.ts";
import { withWorld } from "./with-world.ts";

export function addReplayCommand(program: Command): void {
  program
    .command("replay")
    .description("run the plan of a replay file again, and tell what happens step by step")
    .argument("<file>", "a replay file that a failing run wrote")
    .option("--world <name>", "sim or real", "sim")
    .option("--trace <file>", "write every event of the simulation into a file, one JSON a line")
    .addHelpText("after", "\nExample:\n  falconpay replay out/ends-3.json")
    .action(replayCommand);
}

interface ReplayOptions {
  readonly world: string;
  readonly trace?: string;
}

async function replayCommand(file: string, options: ReplayOptions): Promise<void> {
  const worldName = parseWorld(options.world);
  const traceFile = options.trace;
  if (traceFile !== undefined && worldName === "real") {
    throw new UsageError("--trace: real servers leave no trace; it goes with --world sim");
  }
  const replay = decodeReplayFile(await read(file), file);
  requireKnown(replay, file);
  const interruption = onInterruption();
  const logsFolder = join(dirname(file), "logs");
  const worldRequest = {
    name: worldName,
    signal: interruption.signal,
    logsFolder,
    ...(traceFile === undefined
      ? {}
      : { onTrace: (trace: TraceRecord) => writeTrace(trace, traceFile) }),
  };
  try {
    const { outcome, again } = await withWorld(worldRequest, async (world) => {
      const promises = promisesNamed(findScenario(replay.plan.scenario)?.promises);
      const first = await runPlan(world, replay.plan, promises);
      const differs = first.traceHash !== null && first.traceHash !== replay.expected.traceHash;
      // A trace that differs from the recorded one is either new code or no determinism: a second
      // run tells which.
      const second = differs ? await runPlan(world, replay.plan, promises) : first;
      return { outcome: first, again: second };
    });
    const isDeterministic = outcome.traceHash === again.traceHash;
    process.stdout.write(`${describeStory(replay, outcome)}\n\n`);
    process.stdout.write(`${describeEnd(replay, outcome, isDeterministic)}\n`);
    process.exitCode = exitCodeOf(outcome, isDeterministic);
  } finally {
    interruption.dispose();
  }
}

function writeTrace({ events }: TraceRecord, file: string): void {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`);
  try {
    writeFileSync(file, lines.join(""));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`cannot write the trace: ${reason}`, { cause });
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`cannot read the replay file: ${reason}`, { cause });
  }
}

function requireKnown({ plan }: ReplayFile, file: string): void {
  if (plan.mutant !== null && findMutant(plan.mutant) === undefined) {
    throw new UsageError(
      `${file} asks for the mutant ${plan.mutant}, which this falconpay has not`,
    );
  }
}

function describeStory({ expected }: ReplayFile, outcome: Outcome): string {
  return tellStory(outcome, expected.promise)
    .map(({ atMs, actor, text }) => `${String(atMs).padStart(7)} ms  ${actor.padEnd(10)} ${text}`)
    .join("\n");
}

function describeEnd(
  { expected, plan }: ReplayFile,
  outcome: Outcome,
  isDeterministic: boolean,
): string {
  const broken = brokenPromises(outcome);
  const mutant = plan.mutant === null ? "" : ` (mutant ${plan.mutant})`;
  return [
    broken.length > 0
      ? `broken again: ${broken.join(", ")}${mutant}`
      : `every promise held this time${mutant}`,
    ...describeTrace(expected.traceHash, outcome.traceHash, isDeterministic),
  ].join("\n");
}

function describeTrace(
  expected: string | null,
  hash: string | null,
  isDeterministic: boolean,
): readonly string[] {
  if (hash === null) {
    return ["real servers leave no trace hash: the same plan may go another way"];
  }
  if (!isDeterministic) {
    return [`trace ${hash}, and another when run again: the simulation is not deterministic`];
  }
  if (hash !== expected) {
    const recorded = expected ?? "a run on real servers";
    return [`trace ${hash}, recorded was ${recorded}: the code or the file has changed since`];
  }
  return [`trace ${hash}, as recorded`];
}

function exitCodeOf(outcome: Outcome, isDeterministic: boolean): ExitCode {
  if (!isDeterministic) {
    return 3;
  }
  return brokenPromises(outcome).length > 0 ? 1 : 0;
}
