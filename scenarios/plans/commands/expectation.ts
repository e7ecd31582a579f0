import Type, { type Static } from "typebox";

/**
 * The answer that is right: `accepted` is a 2xx, `refused` a 4xx, `either` is one of the two, where
 * what comes first decides. No answer, and 5xx, are never an outcome: the client asks again.
 */
export type Expectation = Static<typeof expectationSchema>;

export const expectationSchema = Type.Enum(["accepted", "refused", "either"]);

/** Whether an answer, of null for none, says what became of a request. */
export function isOutcome(status: number | null, body: unknown): status is number {
  return status !== null && status < 500 && !isInProgress(status, body);
}

const ASK_AGAIN: ReadonlySet<unknown> = new Set(["request-in-progress", "run-under-way"]);

/** Whether an answer says that the same is being done already: ask again. */
export function isInProgress(status: number | null, body: unknown): boolean {
  return (
    status === 409 &&
    typeof body === "object" &&
    body !== null &&
    "title" in body &&
    ASK_AGAIN.has(body.title)
  );
}

/** Whether an answer is the expected one. */
export function isAsExpected(expects: Expectation, status: number): boolean {
  const isAccepted = status >= 200 && status < 300;
  const isRefused = status >= 400 && status < 500;
  switch (expects) {
    case "accepted":
      return isAccepted;
    case "refused":
      return isRefused;
    case "either":
      return isAccepted || isRefused;
  }
}

/** What an answer came to, for a story: `accepted`, `refused (422)`. */
export function outcomeWords(status: number): string {
  if (isAsExpected("accepted", status)) {
    return "accepted";
  }
  return isAsExpected("refused", status) ? `refused (${status})` : `answered ${status}`;
}
