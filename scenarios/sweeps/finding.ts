import type { Finding } from "../../reports/evidence/evidence.ts";
import { triggerOf } from "../faults/fault.ts";
import { placeOf, whomOf } from "../faults/trigger.ts";
import type { ReplayFile } from "../plans/replay-file.ts";
import { PROMISES } from "../promises/promises.ts";
import { tellStory } from "../stories/story.ts";
import type { Failure, SweepRequest } from "./sweep-request.ts";

/** A replay file, to be written beside the evidence under this name. */
export interface NamedReplayFile {
  readonly name: string;
  readonly content: ReplayFile;
}

/** What is to be known of smallest cases, and the files that replay them: one for each. */
export function findingsOf(
  request: Pick<SweepRequest, "host">,
  failures: readonly Failure[],
): { readonly findings: readonly Finding[]; readonly replayFiles: readonly NamedReplayFile[] } {
  const found = failures.map((failure) => findingOf(request, failure));
  return {
    findings: found.map(({ finding }) => finding),
    replayFiles: found.map(({ finding, replayFile }) => {
      return { name: finding.replay.file, content: replayFile };
    }),
  };
}

function findingOf(
  { host }: Pick<SweepRequest, "host">,
  { promise, seed, outcome, tried, isMinimal }: Failure,
): { readonly finding: Finding; readonly replayFile: ReplayFile } {
  const { plan, traceHash } = outcome;
  const definition = PROMISES.find(({ name }) => name === promise);
  const judgement = outcome.judgements.find((each) => each.promise === promise);
  const first = judgement?.breaches[0];
  if (definition === undefined || judgement === undefined || first === undefined) {
    throw new Error(`${promise} is said to be broken, and nothing says how`);
  }
  const file = `${promise}-${seed}.json`;
  return {
    finding: {
      promise,
      sentence: definition.sentence,
      seed,
      extent: judgement.extent,
      first: `${first.subject} ${first.found}`,
      smallest: {
        commands: plan.commands.length,
        faults: plan.faults.length,
        faultPlaces: plan.faults.map((fault) => {
          const trigger = triggerOf(fault);
          return { kind: fault.kind, process: whomOf(trigger), place: placeOf(trigger) };
        }),
        tried,
        isMinimal,
        traceHash,
        plan: { ...plan },
      },
      story: tellStory(outcome),
      replay: { file, command: host.replayCommand(file) },
    },
    replayFile: {
      plan,
      expected: { promise, traceHash },
      writtenBy: { product: host.product, code: host.code.digest },
    },
  };
}
