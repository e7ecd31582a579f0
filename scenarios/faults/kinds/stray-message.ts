import Type, { type Static } from "typebox";
import { TOPICS } from "../../../system/domain/events.ts";
import { KAFKA } from "../effect-name.ts";
import type { FaultKind } from "../fault-kind.ts";
import { beginning } from "../outside.ts";
import { canStray, STRAY_FORMS, STRAY_WORDS } from "../stranger.ts";

/** A message that no service has sent comes on a topic, as soon as what it needs is there. */
export type StrayMessageFault = Static<typeof schema>;

const schema = Type.Object(
  {
    kind: Type.Literal("stray-message"),
    ...beginning,
    topic: Type.Enum([...TOPICS]),
    form: Type.Enum([...STRAY_FORMS]),
  },
  { additionalProperties: false },
);

export const strayMessageKind: FaultKind<StrayMessageFault> & { readonly schema: typeof schema } = {
  kind: "stray-message",
  noun: { one: "stray message", many: "stray messages" },
  sentence:
    "A message that no service has sent comes on a topic: what is no JSON, no value, a NUL, half a megabyte, another version, another type; or an event about a payment that was decided, under another's id, about no payment at all, or against a verdict.",
  schema,
  triggerOf: ({ atMs }) => ({ on: "outside", atMs, process: null, server: KAFKA }),
  complaint: ({ form, topic }) =>
    canStray(form, topic) ? undefined : `there is no ${form} on ${topic}`,
  needs: ["send-as-stranger"],
  outageMs: () => 0,
  lingersMs: () => 0,
  firesWith: "begin",
  tellBegin: ({ topic, form }) => `Takes from a stranger, on ${topic}: ${STRAY_WORDS[form]}.`,
  tellEnd: null,
};
