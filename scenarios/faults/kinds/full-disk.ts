import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { FAULTY_DATABASES, RECOVERY_MS, span } from "../outside.ts";

/** The disk of a database is full: what would write more ends with 53100. */
export type FullDiskFault = Static<typeof schema>;

const schema = Type.Object(
  { kind: Type.Literal("full-disk"), ...span, server: Type.Enum([...FAULTY_DATABASES]) },
  { additionalProperties: false },
);

export const fullDiskKind: FaultKind<FullDiskFault> & { readonly schema: typeof schema } = {
  kind: "full-disk",
  noun: { one: "full disk", many: "full disks" },
  sentence:
    "The disk of a database is full for a while: whatever would write to it fails, and is rolled back.",
  schema,
  triggerOf: ({ atMs, server }) => ({ on: "outside", atMs, process: null, server }),
  complaint: () => undefined,
  needs: ["fill-disks"],
  outageMs: ({ lastsMs }) => lastsMs,
  lingersMs: () => RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ lastsMs }) => `Has a full disk for ${lastsMs} ms (53100).`,
  tellEnd: () => "Has room on its disk again.",
};
