import Type from "typebox";
import { PAGE_PARAMETERS } from "../http/page.ts";
import type { Operation } from "../ports/operation.ts";

const letterView = Type.Object(
  {
    id: Type.String({ description: "Its place: topic, partition and offset." }),
    topic: Type.String(),
    partition: Type.Integer(),
    offset: Type.String(),
    payload: Type.String(),
    reason: Type.String({ description: "Why it could not be taken in, the last time." }),
    setAsideAtMs: Type.Integer({ description: "Milliseconds since the epoch." }),
  },
  { additionalProperties: false },
);

const UNKNOWN = { codes: ["unknown-message"] };

/** What the routes about a service's inbox take and answer. */
export function inboxOperations(service: string) {
  const name = `${service.charAt(0).toUpperCase()}${service.slice(1)}`;
  return {
    list: {
      id: `list${name}SetAside`,
      summary: `Messages that the ${service} service could not take in, by their places.`,
      scope: "operator",
      query: PAGE_PARAMETERS,
      answers: {
        200: {
          description: "A page of messages; next is where the one after it begins.",
          schema: Type.Object(
            { setAside: Type.Array(letterView), next: Type.Union([Type.String(), Type.Null()]) },
            { additionalProperties: false },
          ),
        },
        400: { codes: ["malformed-request"] },
      },
    },
    requeue: {
      id: `requeue${name}SetAside`,
      summary: "Takes a message in again, as if it came from its topic now.",
      scope: "operator",
      answers: {
        200: {
          description: "It is taken in, or was before, and is set aside no more.",
          schema: Type.Object(
            { id: Type.String(), taken: Type.Enum(["done", "duplicate"]) },
            { additionalProperties: false },
          ),
        },
        404: UNKNOWN,
        422: { codes: ["refused-again"] },
      },
    },
    purge: {
      id: `purge${name}SetAside`,
      summary: "Throws a message away: it never has an effect.",
      scope: "operator",
      answers: {
        200: {
          description: "It is gone.",
          schema: Type.Object({ id: Type.String() }, { additionalProperties: false }),
        },
        404: UNKNOWN,
      },
    },
  } as const satisfies Readonly<Record<string, Operation>>;
}
