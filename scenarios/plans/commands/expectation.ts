import Type, { type Static } from "typebox";

/**
 * The answer that is right: `accepted` is a 2xx, `refused` a 4xx. No answer, and 5xx, are never an
 * outcome: the client asks again.
 */
export type Expectation = Static<typeof expectationSchema>;

export const expectationSchema = Type.Enum(["accepted", "refused"]);

/** Whether a status, null for no answer, says what became of a request. */
export function isOutcome(status: number | null): status is number {
  return status !== null && status < 500;
}

/** Whether an answer is the expected one. */
export function isAsExpected(expects: Expectation, status: number): boolean {
  return expects === "accepted" ? status >= 200 && status < 300 : status >= 400 && status < 500;
}

/** What an answer came to, for a story: `accepted`, `refused (422)`. */
export function outcomeWords(status: number): string {
  if (isAsExpected("accepted", status)) {
    return "accepted";
  }
  return isAsExpected("refused", status) ? `refused (${status})` : `answered ${status}`;
}
