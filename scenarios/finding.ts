import type { Finding } from "../reports/evidence.ts";
import { INVARIANTS } from "./invariants/invariants.ts";
import type { ReplayFile } from "./replay-file.ts";
import { runPlan } from "./run-plan.ts";
import { tellStory } from "./story.ts";
import type { Failure, SweepRequest } from "./sweep.ts";

/** Runs the smallest case once more, watching closely, and writes down what is to be known of it. */
export async function findingOf(
  request: SweepRequest,
  failure: Failure,
): Promise<{ readonly finding: Finding; readonly replayFile: ReplayFile }> {
  const { promise, seed, plan, tried } = failure;
  const outcome = await runPlan(request.world, plan, { keepHappenings: true });
  const { traceHash } = outcome;
  const invariant = INVARIANTS.find(({ name }) => name === promise);
  const judgement = outcome.judgements.find((each) => each.promise === promise);
  const [first] = judgement?.breaches ?? [];
  const file = `${promise}-${seed}.json`;
  const command = request.host.replayCommand(file);
  return {
    finding: {
      promise,
      sentence: invariant?.sentence ?? "",
      seed,
      extent: judgement?.extent ?? "",
      first: first === undefined ? unrepeated(promise) : `${first.subject} ${first.found}`,
      smallest: {
        commands: plan.commands.length,
        faults: plan.faults.length,
        tried,
        traceHash,
      },
      story: tellStory(outcome, promise),
      replay: { file, command },
    },
    replayFile: { plan, expected: { promise, traceHash } },
  };
}

/** Only the real world may answer differently the second time. */
function unrepeated(promise: string): string {
  return `${promise} broke in the run, and held when the same plan was run again`;
}
