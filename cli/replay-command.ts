import type { Command } from "commander";
import { writeWhole } from "../reports/write-whole.ts";
import { findScenario } from "../scenarios/catalogue.ts";
import { promisesNamed } from "../scenarios/promises/promises.ts";
import { brokenPromises, type Outcome } from "../scenarios/runs/run-plan.ts";
import { summarize } from "../scenarios/runs/run-summary.ts";
import { tellStory } from "../scenarios/stories/story.ts";
import { replayPlan } from "../scenarios/sweeps/replay.ts";
import { createTally, verdictOfTally } from "../scenarios/sweeps/tally.ts";
import type { TraceRecord } from "../sim/kernel/trace.ts";
import { createSecondOpinion } from "../sim/world/second-opinion.ts";
import { conclude } from "./conclude.ts";
import { UsageError } from "./failures.ts";
import { onInterruption } from "./interruption.ts";
import { parseWorld } from "./options.ts";
import { say } from "./output.ts";
import { codeDigest } from "./product.ts";
import { readReplay } from "./read-replay.ts";
import { describeReplayEnd, exitCodeOfReplay, type ReplayEnd } from "./replay-words.ts";
import { withWorld } from "./with-world.ts";
import { traceText } from "./write-trace.ts";

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
  const replay = await readReplay(file);
  const interruption = onInterruption();
  const traces: TraceRecord[] = [];
  const worldRequest = {
    name: worldName,
    stopsRuns: true,
    signal: interruption.signal,
    logsFolder: `${file.replace(/\.json$/, "")}.logs`,
    ...(traceFile === undefined ? {} : { onTrace: (trace: TraceRecord) => traces.push(trace) }),
  };
  try {
    const outcome = await withWorld(worldRequest, (world) => {
      const promises = promisesNamed(findScenario(replay.plan.scenario)?.promises);
      return replayPlan(world, replay, promises, createSecondOpinion());
    });
    const end = endOf(outcome);
    await say(`${describeStory(outcome)}\n\n${describeReplayEnd(replay, end)}\n`);
    await conclude(exitCodeOfReplay(replay, end), async () => {
      // A plan that left another trace than was recorded ran twice; both went the same way.
      const [trace] = traces;
      if (traceFile !== undefined && trace !== undefined) {
        await writeWhole(traceFile, traceText(trace));
      }
    });
  } catch (error) {
    // An interruption takes real servers down in the middle of a run, which then fails: no error.
    if (!interruption.signal.aborted) {
      throw error;
    }
    process.stderr.write("stopped before the run was done: it proves nothing\n");
    process.exitCode = 5;
  } finally {
    interruption.dispose();
  }
}

/** By the same verdict as a sweep, of one run. */
function endOf(outcome: Outcome): ReplayEnd {
  const tally = createTally(promisesNamed(findScenario(outcome.plan.scenario)?.promises));
  tally.add(outcome.plan.seed, summarize(outcome));
  return {
    ...verdictOfTally(tally, { ended: "complete", asked: 1, level: null }),
    broken: brokenPromises(outcome),
    traceHash: outcome.traceHash,
    code: codeDigest(),
  };
}

function describeStory(outcome: Outcome): string {
  return tellStory(outcome)
    .map(({ atMs, actor, text }) => `${String(atMs).padStart(7)} ms  ${actor.padEnd(10)} ${text}`)
    .join("\n");
}
