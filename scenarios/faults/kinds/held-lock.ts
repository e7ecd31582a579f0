import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { FAULTY_DATABASES, isTableOf, LOCKED_TABLES, RECOVERY_MS, span } from "../outside.ts";

/** An outsider locks a table of a database and goes away for a while (55P03). */
export type HeldLockFault = Static<typeof schema>;

const schema = Type.Object(
  {
    kind: Type.Literal("held-lock"),
    ...span,
    server: Type.Enum([...FAULTY_DATABASES]),
    table: Type.Enum([...LOCKED_TABLES]),
  },
  { additionalProperties: false },
);

export const heldLockKind: FaultKind<HeldLockFault> & { readonly schema: typeof schema } = {
  kind: "held-lock",
  noun: { one: "held lock", many: "held locks" },
  sentence:
    "Somebody opens a transaction, locks a table that the services write to, and lets it lie for a while: they wait, and some give up.",
  schema,
  triggerOf: ({ atMs, server }) => ({ on: "outside", atMs, process: null, server }),
  complaint: ({ server, table }) =>
    isTableOf(server, table) ? undefined : `there is no table ${table} in ${server}`,
  needs: ["hold-locks"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: () => RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ table, lastsMs }) =>
    `Has the table ${table} locked by somebody else for ${lastsMs} ms.`,
  tellEnd: () => "Has its table let go.",
};
