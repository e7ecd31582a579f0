import type { ClientOutcome } from "../plans/commands/client-event.ts";
import { subjectOf } from "../plans/commands/command.ts";
import { isAsExpected } from "../plans/commands/expectation.ts";
import type { Breach, Ending, SystemPromise } from "./system-promise.ts";

export const answered: SystemPromise = {
  name: "answered",
  sentence:
    "A client that is answered is answered rightly: what may be done is accepted, and what may not be done is refused.",
  judged: "at the end, for every answer that a client was given",
  atEnd: ({ answers }) => answers.flatMap(judge),
  outOf: ({ answers }: Ending) => ({ count: answers.length, noun: "answers" }),
};

function judge({ command, status }: ClientOutcome): readonly Breach[] {
  // No answer and a failure of the server are no outcome: the client asks again.
  if (status === null || status >= 500 || isAsExpected(command.expects, status)) {
    return [];
  }
  const should = command.expects === "accepted" ? "accepted" : "refused";
  return [{ subject: subjectOf(command), found: `is answered ${status}, and was to be ${should}` }];
}
