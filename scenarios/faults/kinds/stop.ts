import Type, { type Static } from "typebox";
import { CLOSE_MS_MAX } from "../../../system/process/run-process.ts";
import { STOP_MS_MAX } from "../../../system/process/start-roles.ts";
import type { FaultKind } from "../fault-kind.ts";
import { describeTrigger, OUTAGE_MS_MAX, triggerSchema } from "../trigger.ts";

/**
 * A process is told to stop, as by SIGTERM: it finishes what it has in hand, ends, and is started
 * again after a delay. So every deployment goes.
 */
export type StopFault = Static<typeof stopSchema>;

const stopSchema = Type.Object(
  {
    kind: Type.Literal("stop"),
    trigger: triggerSchema,
    restartAfterMs: Type.Integer({ minimum: 0, maximum: OUTAGE_MS_MAX }),
  },
  { additionalProperties: false },
);

export const stopKind: FaultKind<StopFault> & { readonly schema: typeof stopSchema } = {
  kind: "stop",
  noun: { one: "orderly stop", many: "orderly stops" },
  sentence:
    "A process of a service is told to stop, finishes what it has in hand and ends, and is started again after a moment, as in a deployment.",
  schema: stopSchema,
  triggerOf: ({ trigger }) => trigger,
  complaint: () => undefined,
  needs: ["stop"],
  outageMs: ({ restartAfterMs }) => STOP_MS_MAX + CLOSE_MS_MAX + restartAfterMs,
  lingersMs: () => 0,
  firesWith: "begin",
  tellBegin: ({ trigger }) => `Told to stop ${describeTrigger(trigger)}.`,
  // The restart is told by the world.
  tellEnd: null,
};
