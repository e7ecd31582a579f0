import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { link, linkWords, RECOVERY_MS, span } from "../outside.ts";

/** Each message of a link takes that much longer for a while. */
export type SlowLinkFault = Static<typeof schema>;

const schema = Type.Object(
  {
    kind: Type.Literal("slow-link"),
    ...link,
    ...span,
    latencyMs: Type.Integer({ minimum: 1, maximum: 1_000 }),
  },
  { additionalProperties: false },
);

export const slowLinkKind: FaultKind<SlowLinkFault> & { readonly schema: typeof schema } = {
  kind: "slow-link",
  noun: { one: "slow link", many: "slow links" },
  sentence:
    "Every message between a process and one of its servers, or its clients, takes long for a while.",
  schema,
  triggerOf: ({ atMs, process, to }) => ({ on: "outside", atMs, process, server: to }),
  complaint: () => undefined,
  needs: ["slow-links"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: () => RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ to, latencyMs, lastsMs }) =>
    `${linkWords(to)} takes ${latencyMs} ms for each message, for ${lastsMs} ms.`,
  tellEnd: ({ to }) => `${linkWords(to)} is quick again.`,
};
