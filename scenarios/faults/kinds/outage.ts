import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { FAULTY_SERVERS, RECOVERY_MS, span } from "../outside.ts";

/** A server dies and is started again after a while; what was committed, or acknowledged, stays. */
export type OutageFault = Static<typeof schema>;

const schema = Type.Object(
  { kind: Type.Literal("outage"), ...span, server: Type.Enum([...FAULTY_SERVERS]) },
  { additionalProperties: false },
);

export const outageKind: FaultKind<OutageFault> & { readonly schema: typeof schema } = {
  kind: "outage",
  noun: { one: "outage", many: "outages" },
  sentence:
    "A database or the broker dies: its connections break, what was not committed is lost, new connections are refused, and after a while it is there again with all that was committed.",
  schema,
  triggerOf: ({ atMs, server }) => ({ on: "outside", atMs, process: null, server }),
  complaint: () => undefined,
  needs: ["restart-servers"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: () => RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ lastsMs }) => `Dies, and is away for ${lastsMs} ms.`,
  tellEnd: () => "Is there again, with all that was committed.",
};
