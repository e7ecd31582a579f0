import type { Books } from "../books/books.ts";
import { fieldIn, idIn } from "../books/client-book.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";
import { subjectOf } from "../plans/commands/command.ts";
import { isAsExpected, isOutcome } from "../plans/commands/expectation.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

/** As long as nothing goes wrong, an answer comes so soon once there is one. */
const SOON_MS = 500;

export const answered: SystemPromise = {
  name: "answered",
  sentence:
    "Every client is answered, and rightly: what may be done is accepted, and what may not be done is refused. Until something goes wrong it is answered within half a second; who waits for the end of a payment, within half a second of that.",
  judged:
    "at every answer, whether it came soon, where time is simulated; at the end, by the last answer that each request was given",
  atAnswer: (books, answer) => judgeTime(books, answer),
  atEnd: ({ answers }) => lastOutcomes(answers).flatMap(judge),
  outOf: ({ answers }) => [{ count: lastOutcomes(answers).length, noun: "requests" }],
};

/** A client asks again until it is answered: the last outcome is the one that it is left with. */
function lastOutcomes(answers: readonly ClientOutcome[]): readonly ClientOutcome[] {
  return [...new Map(answers.map((answer) => [answer.command, answer])).values()];
}

function judge({ command, status, body, attempt }: ClientOutcome): readonly Breach[] {
  const subject = subjectOf(command);
  if (!isOutcome(status, body)) {
    return [{ subject, found: `was never answered, in ${attempt} attempts` }];
  }
  return isAsExpected(command.expects, status)
    ? []
    : [{ subject, found: `is answered ${status}, and was to be ${command.expects}` }];
}

function judgeTime(books: Books, answer: ClientOutcome): readonly Breach[] {
  const { command, atMs } = answer;
  const lateMs = atMs - dueAtMs(books, answer);
  // Real servers take what the machine gives them; where commits are seen, time is simulated. A
  // comparison takes as long as there is something to compare.
  const isJudged = books.commits > 0 && books.faultsStruck === 0 && command.kind !== "reconcile";
  return isJudged && lateMs > SOON_MS
    ? [{ subject: subjectOf(command), found: `is answered ${lateMs} ms after it could be` }]
    : [];
}

/** From when on there is an answer: who waits is answered when the payment is over, or the wait. */
function dueAtMs({ payments }: Books, { command, body, status, askedAtMs }: ClientOutcome): number {
  if (command.kind !== "read-payment" || status !== 200) {
    return askedAtMs;
  }
  const overAtMs = payments.get(idIn(body) ?? "")?.terminalAtMs ?? Infinity;
  const untilMs = askedAtMs + command.waitS * 1_000;
  const isOver = fieldIn(body, "status") !== "PENDING";
  return isOver ? Math.min(untilMs, Math.max(askedAtMs, overAtMs)) : untilMs;
}
