import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { link, linkWords, RECOVERY_MS, span } from "../outside.ts";

/** New connections of a link are refused for a while; those that stand go on. */
export type RefusedLinkFault = Static<typeof schema>;

const schema = Type.Object(
  { kind: Type.Literal("refused-link"), ...link, ...span },
  { additionalProperties: false },
);

export const refusedLinkKind: FaultKind<RefusedLinkFault> & { readonly schema: typeof schema } = {
  kind: "refused-link",
  noun: { one: "refused link", many: "refused links" },
  sentence:
    "New connections of a process to one of its servers, or of its clients to it, are refused for a while; those that stand go on.",
  schema,
  triggerOf: ({ atMs, process, to }) => ({ on: "outside", atMs, process, server: to }),
  complaint: () => undefined,
  needs: ["refuse-connections"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: () => RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ to, lastsMs }) => `${linkWords(to)} takes no new connection for ${lastsMs} ms.`,
  tellEnd: ({ to }) => `${linkWords(to)} takes connections again.`,
};
