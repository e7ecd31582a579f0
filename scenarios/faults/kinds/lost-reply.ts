import Type, { type Static } from "typebox";
import { natureOf } from "../effect-words.ts";
import type { FaultKind } from "../fault-kind.ts";

/**
 * An effect is answered and the reply to it is lost: the process lives and cannot know. It meets
 * what its client library makes of a connection that was lost while it waited; a client of its own
 * that is not answered sees its connection closed. The reply is lost at the effect gate, in both
 * worlds: what the libraries themselves would try again is not tried.
 */
export type LostReplyFault = Static<typeof lostReplySchema>;

const lostReplySchema = Type.Object(
  { kind: Type.Literal("lost-reply"), effect: Type.String({ maxLength: 200 }) },
  { additionalProperties: false },
);

export const lostReplyKind: FaultKind<LostReplyFault> & {
  readonly schema: typeof lostReplySchema;
} = {
  kind: "lost-reply",
  noun: { one: "lost reply", many: "lost replies" },
  sentence:
    "A reply is lost inside the process to which it came, or the answer to a client before it leaves: whoever asked cannot know whether what was asked for was done.",
  schema: lostReplySchema,
  triggerOf: ({ effect }) => ({ on: "effect", effect, side: "after" }),
  complaint: ({ effect }) =>
    natureOf(effect) === "arrival"
      ? `${effect} is an arrival at the process and has no reply`
      : undefined,
  needs: ["lose-reply-at-gate"],
  outageMs: () => 0,
  lingersMs: () => 0,
  firesWith: "begin",
  tellBegin: ({ effect }) =>
    natureOf(effect) === "answer"
      ? `The answer ${effect} is lost: its client is not told.`
      : `The reply to ${effect} is lost: the process cannot know what came of its request.`,
  tellEnd: null,
};
