import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { findScenario } from "../scenarios/catalogue.ts";
import { findMutant } from "../scenarios/mutants/mutants.ts";
import { decodeReplayFile, type ReplayFile } from "../scenarios/plans/replay-file.ts";
import { promisesNamed } from "../scenarios/promises/promises.ts";
import { brokenPromises, type Outcome } from "../scenarios/runs/run-plan.ts";
import { tellStory } from "../scenarios/stories/story.ts";
import { replayPlan } from "../scenarios/sweeps/replay.ts";
import type { TraceRecord } from "../sim/kernel/trace.ts";
import { createSecondOpinion } from "../sim/world/second-opinion.ts";
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
    stopsRuns: true,
    signal: interruption.signal,
    logsFolder,
    ...(traceFile === undefined
      ? {}
      : { onTrace: (trace: TraceRecord) => writeTrace(trace, traceFile) }),
  };
  try {
    const outcome = await withWorld(worldRequest, (world) => {
      const promises = promisesNamed(findScenario(replay.plan.scenario)?.promises);
      return replayPlan(world, replay, promises, createSecondOpinion());
    });
    process.stdout.write(`${describeStory(replay, outcome)}\n\n`);
    process.stdout.write(`${describeEnd(replay, outcome)}\n`);
    process.exitCode = brokenPromises(outcome).length > 0 ? 1 : 0;
  } catch (error) {
    if (!interruption.signal.aborted) {
      throw error;
    }
    process.stdout.write("interrupted: nothing is known of this plan\n");
    process.exitCode = 5;
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

function describeEnd({ expected, plan }: ReplayFile, outcome: Outcome): string {
  const broken = brokenPromises(outcome);
  const mutant = plan.mutant === null ? "" : ` (mutant ${plan.mutant})`;
  return [
    broken.length > 0
      ? `broken again: ${broken.join(", ")}${mutant}`
      : `every promise held this time${mutant}`,
    ...describeTrace(expected.traceHash, outcome.traceHash),
  ].join("\n");
}

function describeTrace(expected: string | null, hash: string | null): readonly string[] {
  if (hash === null) {
    return ["real servers leave no trace hash: the same plan may go another way"];
  }
  if (hash !== expected) {
    const recorded = expected ?? "a run on real servers";
    return [`trace ${hash}, recorded was ${recorded}: the code or the file has changed since`];
  }
  return [`trace ${hash}, as recorded`];
}
