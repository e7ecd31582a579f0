import Type from "typebox";
import { PAGE_PARAMETERS } from "../http/page.ts";
import type { Operation } from "../ports/operation.ts";

const letterView = Type.Object(
  {
    id: Type.String({ description: "Its place in the outbox." }),
    eventId: Type.String(),
    topic: Type.String(),
    key: Type.String(),
    payload: Type.String(),
    reason: Type.String({ description: "What the broker said the last time." }),
    attempts: Type.Integer(),
    deadAtMs: Type.Integer({ description: "Milliseconds since the epoch." }),
  },
  { additionalProperties: false },
);

const UNKNOWN = { codes: ["unknown-dead-letter"] };

/** What the routes of a service's relay take and answer. */
export function relayOperations(service: string) {
  const name = `${service.charAt(0).toUpperCase()}${service.slice(1)}`;
  const one = (id: string, summary: string, description: string): Operation => ({
    id: `${id}${name}DeadLetter`,
    summary,
    scope: "operator",
    answers: {
      200: {
        description,
        schema: Type.Object({ id: Type.String() }, { additionalProperties: false }),
      },
      404: UNKNOWN,
    },
  });
  return {
    list: {
      id: `list${name}DeadLetters`,
      summary: `Events of the ${service} service that the broker refuses for good, oldest first.`,
      scope: "operator",
      query: PAGE_PARAMETERS,
      answers: {
        200: {
          description: "A page of dead letters; next is where the one after it begins.",
          schema: Type.Object(
            { deadLetters: Type.Array(letterView), next: Type.Union([Type.String(), Type.Null()]) },
            { additionalProperties: false },
          ),
        },
        400: { codes: ["malformed-request"] },
      },
    },
    requeue: one("requeue", "Has a dead letter sent again, in its place.", "It is sent again."),
    purge: one(
      "purge",
      "Throws a dead letter away: what it says is told to nobody.",
      "It is gone, and what waited behind it is sent.",
    ),
  } as const satisfies Readonly<Record<string, Operation>>;
}
