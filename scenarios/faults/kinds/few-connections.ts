import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { FAULTY_DATABASES, RECOVERY_MS, span } from "../outside.ts";

/** A database takes no more clients than so many (53300). */
export type FewConnectionsFault = Static<typeof schema>;

const schema = Type.Object(
  {
    kind: Type.Literal("few-connections"),
    ...span,
    server: Type.Enum([...FAULTY_DATABASES]),
    max: Type.Integer({ minimum: 0, maximum: 100 }),
  },
  { additionalProperties: false },
);

export const fewConnectionsKind: FaultKind<FewConnectionsFault> & {
  readonly schema: typeof schema;
} = {
  kind: "few-connections",
  noun: { one: "shortage of connections", many: "shortages of connections" },
  sentence:
    "A database takes only so many clients for a while, and refuses those that come beyond; those that are there stay.",
  schema,
  triggerOf: ({ atMs, server }) => ({ on: "outside", atMs, process: null, server }),
  complaint: () => undefined,
  needs: ["limit-connections"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: () => RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ max, lastsMs }) => `Takes no more than ${max} clients for ${lastsMs} ms (53300).`,
  tellEnd: () => "Takes clients again.",
};
