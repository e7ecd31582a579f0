import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { describeTrigger, triggerSchema } from "../trigger.ts";

/** A process dies, as by SIGKILL, and is started again after a delay. */
export type CrashFault = Static<typeof crashSchema>;

const crashSchema = Type.Object(
  {
    kind: Type.Literal("crash"),
    trigger: triggerSchema,
    restartAfterMs: Type.Integer({ minimum: 0, maximum: 86_400_000 }),
  },
  { additionalProperties: false },
);

export const crashKind: FaultKind<CrashFault> & { readonly schema: typeof crashSchema } = {
  kind: "crash",
  noun: { one: "crash", many: "crashes" },
  sentence:
    "A process of a service is killed at once and started again after a moment. Before an exchange, its request never left it; after, the request took effect and the process never learned of it.",
  schema: crashSchema,
  triggerOf: ({ trigger }) => trigger,
  complaint: () => undefined,
  needs: ["kill"],
  firesWith: "begin",
  tellBegin: ({ trigger }) => `Killed ${describeTrigger(trigger)}${whatWasLost(trigger)}`,
  // The restart is told by the world.
  tellEnd: null,
};

function whatWasLost(trigger: CrashFault["trigger"]): string {
  if (trigger.on === "time") {
    return ".";
  }
  return trigger.side === "before"
    ? ": the request never left the process."
    : ": it took effect, and the process never learned of it.";
}
