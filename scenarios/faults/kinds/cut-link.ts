import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { direction, directionWords, link, linkWords, RECOVERY_MS, span } from "../outside.ts";

/** The packets of a link are lost for a while, one way or both: neither end learns anything. */
export type CutLinkFault = Static<typeof schema>;

const schema = Type.Object(
  { kind: Type.Literal("cut-link"), ...link, ...direction, ...span },
  { additionalProperties: false },
);

export const cutLinkKind: FaultKind<CutLinkFault> & { readonly schema: typeof schema } = {
  kind: "cut-link",
  noun: { one: "cut link", many: "cut links" },
  sentence:
    "What a process and one of its servers, or its clients, say to each other is lost for a while, one way or both. No connection breaks by that: TCP says it again later, and neither end learns anything meanwhile.",
  schema,
  triggerOf: ({ atMs, process, to }) => ({ on: "outside", atMs, process, server: to }),
  complaint: () => undefined,
  needs: ["cut-links"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: ({ lastsMs }) => lastsMs + RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ to, direction: way, lastsMs }) =>
    `${linkWords(to)} is cut, ${directionWords(way)}, for ${lastsMs} ms.`,
  tellEnd: ({ to }) => `${linkWords(to)} is whole again; what was lost is sent again.`,
};
