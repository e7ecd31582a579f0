import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { describeTrigger, OUTAGE_MS_MAX, triggerSchema } from "../trigger.ts";

/** A process stops for a time while the world goes on, as between SIGSTOP and SIGCONT. */
export type PauseFault = Static<typeof pauseSchema>;

const pauseSchema = Type.Object(
  {
    kind: Type.Literal("pause"),
    trigger: triggerSchema,
    lastsMs: Type.Integer({ minimum: 1, maximum: OUTAGE_MS_MAX }),
  },
  { additionalProperties: false },
);

export const pauseKind: FaultKind<PauseFault> & { readonly schema: typeof pauseSchema } = {
  kind: "pause",
  noun: { one: "pause", many: "pauses" },
  sentence:
    "A process of a service stops for a time and then goes on as if nothing had been, while everything around it went on: its broker may have given its work to another.",
  schema: pauseSchema,
  triggerOf: ({ trigger }) => trigger,
  complaint: () => undefined,
  needs: ["pause"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: () => 0,
  firesWith: "end",
  tellBegin: ({ trigger, lastsMs }) =>
    `Stopped ${describeTrigger(trigger)}, for ${lastsMs} ms; the world goes on.`,
  tellEnd: () => "Goes on.",
};
