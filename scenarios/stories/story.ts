import type { StoryStep } from "../../reports/evidence/evidence.ts";
import { recordName, type Books } from "../books/books.ts";
import { fieldIn } from "../books/client-book.ts";
import { tellFault } from "../faults/fault.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";
import { subjectOf, tellAttempt } from "../plans/commands/command.ts";
import { outcomeWords } from "../plans/commands/expectation.ts";
import { scheduleWords } from "../plans/schedule.ts";
import type { Happening, Outcome } from "../runs/run-plan.ts";
import { foldRepetitions } from "./fold-repetitions.ts";
import { foundAt, foundAtEnd, nearestCauseFirst, type NamedBreach } from "./found-breaches.ts";
import { tellCommit } from "./tell-commit.ts";
import { tellNote } from "./tell-note.ts";

/** Longer stories are cut in the middle: the beginning and the end say what matters. */
const STEPS_MAX = 80;

/**
 * What happened in a run, step by step, in sentences and in the order of time. A breach is told
 * where it was seen, or in the end. Where several promises broke, the story begins with the one
 * nearest the cause.
 */
export function tellStory(outcome: Outcome): readonly StoryStep[] {
  // In the real world what processes report is heard later than what clients do. The sort is
  // stable: what happened in one millisecond stays in the order in which it was heard.
  const happenings = outcome.happenings.toSorted((left, right) => left.atMs - right.atMs);
  const steps = happenings.flatMap((happening) => [
    ...tell(happening, outcome.books),
    ...tellFound(outcome, happening),
  ]);
  const beginning = [...tellBeginning(outcome), ...tellSchedule(outcome)];
  return [...beginning, ...cutMiddle(foldRepetitions(steps)), ...tellEnd(outcome)];
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
        `${recordName(books, happening.record)} is on the topic.`,
        "publish",
      );
    case "delivery":
      return step(happening.process, `Receives ${recordName(books, happening.record)}.`, "receive");
    case "fault": {
      const { process, fault, phase } = happening;
      return step(process, tellFault(fault, phase), kind).map((told) => ({
        ...told,
        fault: fault.kind,
      }));
    }
    case "disturbance":
      return step(happening.process, "What is no fault of the plan strikes, too.", "fault");
    case "exit":
      return step(happening.process, `Ended: ${happening.reason}`, kind);
    case "note":
      return step(happening.process, tellNote(happening.note, books), kind);
    case "restart":
      return step(happening.process, "Starts again.", kind);
  }
}

function tellAnswer({ status, command, body }: ClientOutcome): string {
  const subject = subjectOf(command);
  if (status === null) {
    return `Gets no answer for ${subject}.`;
  }
  const stands = command.kind === "read-payment" ? fieldIn(body, "status") : undefined;
  return `Is told that ${subject} is ${stands ?? outcomeWords(status)}.`;
}

function tellFound(outcome: Outcome, event: Happening): readonly StoryStep[] {
  return foundAt(outcome, event).map((breach) => findingStep(breach, event.atMs));
}

function tellBeginning(outcome: Outcome): readonly StoryStep[] {
  const [nearest, ...others] = nearestCauseFirst(outcome);
  if (nearest === undefined || others.length === 0) {
    return [];
  }
  const { promise, subject, found } = nearest;
  const rest = others.map((other) => other.promise).join(", ");
  const text = `Nearest the cause is ${promise}: ${subject} ${found}. Broken too: ${rest}.`;
  return [{ kind: "end", atMs: 0, actor: "testbed", fault: null, text }];
}

/** A schedule in which nothing is late is what one expects, and is not told. */
function tellSchedule({ plan: { schedule }, traceHash }: Outcome): readonly StoryStep[] {
  const isPlain =
    schedule.kind === "fifo" || (schedule.kind === "random" && schedule.windowUs === 0);
  if (isPlain || traceHash === null) {
    return [];
  }
  const text = `What is ready together happens ${scheduleWords(schedule)}.`;
  return [{ kind: "end", atMs: 0, actor: "testbed", fault: null, text }];
}

function tellEnd(outcome: Outcome): readonly StoryStep[] {
  const lastAtMs = Math.max(0, ...outcome.happenings.map(({ atMs }) => atMs));
  const atMs = Math.max(lastAtMs, outcome.endedAtMs);
  return foundAtEnd(outcome).map((breach) => findingStep(breach, atMs));
}

function findingStep({ promise, subject, found }: NamedBreach, atMs: number): StoryStep {
  const text = `Finds ${promise} broken: ${subject} ${found}.`;
  return { kind: "end", atMs, actor: "testbed", fault: null, text };
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
