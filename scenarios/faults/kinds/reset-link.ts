import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { beginning, link, linkWords, RECOVERY_MS } from "../outside.ts";

/** The connections of a link break; new ones come about at once. */
export type ResetLinkFault = Static<typeof schema>;

const schema = Type.Object(
  { kind: Type.Literal("reset-link"), ...link, ...beginning },
  { additionalProperties: false },
);

export const resetLinkKind: FaultKind<ResetLinkFault> & { readonly schema: typeof schema } = {
  kind: "reset-link",
  noun: { one: "reset", many: "resets" },
  sentence:
    "The connections between a process and one of its servers, or its clients, break: what is under way is lost, and whoever waits for an answer cannot know what came of the request.",
  schema,
  triggerOf: ({ atMs, process, to }) => ({ on: "outside", atMs, process, server: to }),
  complaint: () => undefined,
  needs: ["reset-connections"],
  outageMs: () => 0,
  lingersMs: () => RECOVERY_MS,
  firesWith: "begin",
  tellBegin: ({ to }) => `${linkWords(to)} is reset: what was under way on it is lost.`,
  tellEnd: null,
};
