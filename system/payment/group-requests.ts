import type { Clock } from "../ports/clock.ts";
import { DatabaseError } from "../ports/database.ts";
import { messageOf } from "../ports/message-of.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { within } from "../ports/within.ts";

/** A group that takes longer holds up no other any more, in milliseconds. */
const GROUP_MS_MAX = 250;

/**
 * Serves requests in groups of what waits, up to `groupMax`, one group after the other: a request
 * that comes alone is served alone and at once, and what comes while one is served is the next.
 * Each is answered when its group is. Where a group fails, each of it is served by itself: a
 * request takes no other down with it, and what became of a COMMIT whose end nobody knows is found
 * out for each, where that can be found out.
 *
 * @returns serves one request; what serving it throws by itself is thrown
 */
export function groupRequests<Request, Answer>(
  ports: { readonly clock: Clock; readonly telemetry: Telemetry },
  groupMax: number,
  serve: (requests: readonly Request[]) => Promise<readonly Answer[]>,
): (request: Request) => Promise<Answer> {
  const waiting: Waiting<Request, Answer>[] = [];
  let isServing = false;

  /** `doubt` is what a group failed with that may have taken effect all the same. */
  const serveGroup = async (
    group: readonly Waiting<Request, Answer>[],
    doubt?: DatabaseError,
  ): Promise<void> => {
    try {
      const answers = await serve(group.map(({ request }) => request));
      group.forEach(({ settle }, index) => settle.resolve(answerAt(answers, index)));
    } catch (error) {
      if (group.length === 1) {
        // One that fails by itself, too, has not found out what became of the group.
        group.forEach(({ settle }) => settle.reject(doubt ?? error));
        return;
      }
      ports.telemetry.event("accept.apart", {
        requests: group.length,
        reason: messageOf(error),
      });
      const isDoubt = error instanceof DatabaseError && error.applied === "unknown";
      await Promise.all(group.map((each) => serveGroup([each], isDoubt ? error : undefined)));
    }
  };

  const serveWaiting = async (): Promise<void> => {
    isServing = true;
    while (waiting.length > 0) {
      await within(ports.clock, GROUP_MS_MAX, serveGroup(waiting.splice(0, groupMax)));
    }
    isServing = false;
  };

  return (request) => {
    const settle = Promise.withResolvers<Answer>();
    waiting.push({ request, settle });
    if (!isServing) {
      void serveWaiting();
    }
    return settle.promise;
  };
}

interface Waiting<Request, Answer> {
  readonly request: Request;
  readonly settle: PromiseWithResolvers<Answer>;
}

function answerAt<Answer>(answers: readonly Answer[], index: number): Answer {
  const answer = answers[index];
  if (answer === undefined) {
    throw new Error("a group has an answer for each of its requests");
  }
  return answer;
}
