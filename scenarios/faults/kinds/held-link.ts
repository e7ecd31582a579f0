import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { direction, directionWords, link, linkWords, RECOVERY_MS, span } from "../outside.ts";

/** The messages of a link are kept back for a while, then released in order. */
export type HeldLinkFault = Static<typeof schema>;

const schema = Type.Object(
  { kind: Type.Literal("held-link"), ...link, ...direction, ...span },
  { additionalProperties: false },
);

export const heldLinkKind: FaultKind<HeldLinkFault> & { readonly schema: typeof schema } = {
  kind: "held-link",
  noun: { one: "held link", many: "held links" },
  sentence:
    "Messages between a process and one of its servers, or its clients, are kept back for a while, one way or both, and then all arrive at once, in order.",
  schema,
  triggerOf: ({ atMs, process, to }) => ({ on: "outside", atMs, process, server: to }),
  complaint: () => undefined,
  needs: ["hold-links"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: () => RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ to, direction: way, lastsMs }) =>
    `${linkWords(to)} is held, ${directionWords(way)}, for ${lastsMs} ms.`,
  tellEnd: ({ to }) => `${linkWords(to)} lets go all that was kept back.`,
};
