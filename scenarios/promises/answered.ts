import type { ClientOutcome } from "../plans/commands/client-event.ts";
import { subjectOf } from "../plans/commands/command.ts";
import { isAsExpected, isOutcome } from "../plans/commands/expectation.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const answered: SystemPromise = {
  name: "answered",
  sentence:
    "Every client is answered, and rightly: what may be done is accepted, and what may not be done is refused.",
  judged: "at the end, by the last answer that each request was given",
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
