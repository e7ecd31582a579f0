import type { StoryStep } from "../../reports/evidence/evidence.ts";
import { eventKey, parseEvent } from "../../system/domain/events.ts";
import { paymentName, type Books } from "../books/books.ts";
import { tellFault } from "../faults/fault.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";
import { subjectOf, tellAttempt } from "../plans/commands/command.ts";
import { outcomeWords } from "../plans/commands/expectation.ts";
import type { Happening, Outcome } from "../runs/run-plan.ts";
import type { TopicRecord } from "../world.ts";
import { tellCommit } from "./tell-commit.ts";

/** Longer stories are cut in the middle: the beginning and the end say what matters. */
const STEPS_MAX = 80;

/** What happened in a run, step by step, in sentences; it ends with the promise that broke. */
export function tellStory(outcome: Outcome, promise: string): readonly StoryStep[] {
  const steps = outcome.happenings.flatMap((happening) => tell(happening, outcome.books));
  return [...cutMiddle(steps), ...tellEnd(outcome, promise)];
}

function tell(happening: Happening, books: Books): readonly StoryStep[] {
  const { kind, atMs } = happening;
  const step = (actor: string, text: string | undefined, as: StoryStep["kind"]) =>
    text === undefined ? [] : [{ atMs, actor, kind: as, fault: null, text }];
  switch (kind) {
    case "request":
      return step("client", tellAttempt(happening.command, happening.attempt), kind);
    case "answer":
      return step("client", tellAnswer(happening), kind);
    case "commit": {
      const { process, service, changes } = happening;
      return step(process, tellCommit(service, changes, books), kind);
    }
    case "record":
      return step(
        happening.process,
        `${eventName(happening.record, books)} is on the topic.`,
        "publish",
      );
    case "delivery":
      return step(happening.process, `Receives ${eventName(happening.record, books)}.`, "receive");
    case "fault": {
      const { process, fault, phase } = happening;
      return step(process, tellFault(fault, phase), kind).map((told) => ({
        ...told,
        fault: fault.kind,
      }));
    }
    case "exit":
      return step(happening.process, `Ended: ${happening.reason}`, kind);
    case "restart":
      return step(happening.process, "Starts again.", kind);
  }
}

function tellAnswer({ status, command }: ClientOutcome): string {
  const subject = subjectOf(command);
  return status === null
    ? `Gets no answer for ${subject}.`
    : `Is told that ${subject} is ${outcomeWords(status)}.`;
}

/** `payment.created of payment p3`, or what is on the topic where it is no event of ours. */
function eventName(record: TopicRecord, books: Books): string {
  const parsed = parseEvent(record.value);
  if (parsed.kind === "unreadable") {
    return `an unreadable record on ${record.topic} (${parsed.reason})`;
  }
  const { event } = parsed;
  return `${event.type} of ${paymentName(books, eventKey(event))}`;
}

function tellEnd(outcome: Outcome, promise: string): readonly StoryStep[] {
  const judgement = outcome.judgements.find((each) => each.promise === promise);
  const atMs = Math.max(0, ...outcome.happenings.map((happening) => happening.atMs));
  return (judgement?.breaches ?? []).slice(0, 3).map(({ subject, found }) => ({
    kind: "end",
    atMs: Math.max(atMs, outcome.endedAtMs),
    actor: "testbed",
    fault: null,
    text: `Finds ${promise} broken: ${subject} ${found}.`,
  }));
}

function cutMiddle(steps: readonly StoryStep[]): readonly StoryStep[] {
  if (steps.length <= STEPS_MAX) {
    return steps;
  }
  const half = STEPS_MAX / 2;
  const left = steps.slice(0, half);
  const right = steps.slice(-half);
  const atMs = left.at(-1)?.atMs ?? 0;
  const text = `(${steps.length - STEPS_MAX} steps are left out here.)`;
  return [...left, { kind: "end", atMs, actor: "testbed", fault: null, text }, ...right];
}
