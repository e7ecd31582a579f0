import type { StoryStep } from "../../reports/evidence/evidence.ts";
import { parseEvent } from "../../system/domain/events.ts";
import type { Books } from "../books/books.ts";
import type { TransferCommand } from "../plans/plan.ts";
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
  switch (kind) {
    case "request":
      return [{ kind, atMs, actor: "client", text: tellRequest(happening) }];
    case "answer":
      return [{ kind, atMs, actor: "client", text: tellAnswer(happening) }];
    case "commit": {
      const text = tellCommit(happening.service, happening.changes, books);
      return text === undefined ? [] : [{ kind, atMs, actor: happening.process, text }];
    }
    case "record": {
      const text = `${eventName(happening.record, books)} is on the topic.`;
      return [{ kind: "publish", atMs, actor: happening.process, text }];
    }
    case "delivery": {
      const text = `Receives ${eventName(happening.record, books)}.`;
      return [{ kind: "receive", atMs, actor: happening.process, text }];
    }
    case "crash": {
      const { effect, when } = happening.fault;
      const text = `Killed ${when} ${effect}: ${whatWasLost(when)}`;
      return [{ kind, atMs, actor: happening.process, text }];
    }
    case "exit":
      return [
        { kind: "crash", atMs, actor: happening.process, text: `Ended: ${happening.reason}` },
      ];
    case "restart":
      return [{ kind, atMs, actor: happening.process, text: "Starts again." }];
  }
}

function tellRequest({
  attempt,
  command,
}: {
  readonly attempt: number;
  readonly command: TransferCommand;
}): string {
  const { idempotencyKey, amount, currency, senderWalletId, receiverWalletId } = command;
  return attempt === 1
    ? `Asks for payment ${idempotencyKey}: ${amount} ${currency} from ${senderWalletId} to ${receiverWalletId}.`
    : `Asks again for payment ${idempotencyKey}, with the same key (attempt ${attempt}).`;
}

function tellAnswer({
  status,
  command,
}: {
  readonly status: number | null;
  readonly command: TransferCommand;
}): string {
  const payment = `payment ${command.idempotencyKey}`;
  switch (status) {
    case null:
      return `Gets no answer for ${payment}.`;
    case 202:
      return `Is told that ${payment} is accepted.`;
    default:
      return `Is answered ${status} for ${payment}.`;
  }
}

function whatWasLost(when: "before" | "after"): string {
  return when === "before"
    ? "the request never left the process."
    : "it took effect, and the process never learned of it.";
}

/** `payment.created of payment p3`, or what is on the topic where it is no event of ours. */
function eventName(record: TopicRecord, books: Books): string {
  const parsed = parseEvent(record.value);
  if (parsed.kind === "unreadable") {
    return `an unreadable record on ${record.topic} (${parsed.reason})`;
  }
  const { event } = parsed;
  const id = event.type === "payment.created" ? event.payment.id : event.paymentId;
  return `${event.type} of payment ${books.keys.get(id) ?? id}`;
}

function tellEnd(outcome: Outcome, promise: string): readonly StoryStep[] {
  const judgement = outcome.judgements.find((each) => each.promise === promise);
  const atMs = Math.max(0, ...outcome.happenings.map((happening) => happening.atMs));
  return (judgement?.breaches ?? []).slice(0, 3).map(({ subject, found }) => ({
    kind: "end",
    atMs: Math.max(atMs, outcome.endedAtMs),
    actor: "testbed",
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
  return [...left, { kind: "end", atMs, actor: "testbed", text }, ...right];
}
