import Type, { type Static } from "typebox";
import { whatWasLost } from "../effect-words.ts";
import type { FaultKind } from "../fault-kind.ts";
import { describeTrigger, OUTAGE_MS_MAX, triggerSchema } from "../trigger.ts";

/** A process dies, as by SIGKILL, and is started again after a delay. */
export type CrashFault = Static<typeof crashSchema>;

const crashSchema = Type.Object(
  {
    kind: Type.Literal("crash"),
    trigger: triggerSchema,
    restartAfterMs: Type.Integer({ minimum: 0, maximum: OUTAGE_MS_MAX }),
  },
  { additionalProperties: false },
);

export const crashKind: FaultKind<CrashFault> & { readonly schema: typeof crashSchema } = {
  kind: "crash",
  noun: { one: "crash", many: "crashes" },
  sentence:
    "A process of a service is killed at once and started again after a moment: before a request leaves it, after a request of its own was answered and before it learns of that, when something arrives, or at a time.",
  schema: crashSchema,
  triggerOf: ({ trigger }) => trigger,
  complaint: () => undefined,
  needs: ["kill"],
  outageMs: ({ restartAfterMs }) => restartAfterMs,
  lingersMs: () => 0,
  firesWith: "begin",
  tellBegin: ({ trigger }) =>
    `Killed ${describeTrigger(trigger)}${trigger.on === "time" ? "." : `: ${whatWasLost(trigger)}`}`,
  // The restart is told by the world.
  tellEnd: null,
};
