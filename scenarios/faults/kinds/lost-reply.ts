import Type, { type Static } from "typebox";
import { HTTP, KAFKA, parseEffect } from "../effect-name.ts";
import type { FaultKind } from "../fault-kind.ts";

/**
 * An effect takes place and the reply to it is lost: the process lives and cannot know. It meets
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
    "An exchange took effect and the reply to it was lost, inside the process where its reply would arrive. The process lives on and cannot know whether what it asked for was done.",
  schema: lostReplySchema,
  triggerOf: ({ effect }) => ({ on: "effect", effect, side: "after" }),
  complaint: ({ effect }) =>
    hasReply(effect) ? undefined : `${effect} is an arrival at the process and has no reply`,
  needs: ["lose-reply-at-gate"],
  firesWith: "begin",
  tellBegin: ({ effect }) => `The reply to ${effect} is lost: it took effect, and nobody is told.`,
  tellEnd: null,
};

function hasReply(effect: string): boolean {
  const name = parseEffect(effect);
  const place = `${name?.resource}/${name?.operation}`;
  return place !== `${KAFKA}/deliver` && place !== `${HTTP}/request`;
}
