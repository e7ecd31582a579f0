import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { FAULTY_DATABASES, RECOVERY_MS, span } from "../outside.ts";

/** Each commit of a database takes that much longer to reach the disk. */
export type SlowDiskFault = Static<typeof schema>;

const schema = Type.Object(
  {
    kind: Type.Literal("slow-disk"),
    ...span,
    server: Type.Enum([...FAULTY_DATABASES]),
    delayMs: Type.Integer({ minimum: 1, maximum: 5_000 }),
  },
  { additionalProperties: false },
);

export const slowDiskKind: FaultKind<SlowDiskFault> & { readonly schema: typeof schema } = {
  kind: "slow-disk",
  noun: { one: "slow disk", many: "slow disks" },
  sentence: "The disk of a database is slow for a while: each commit waits for it.",
  schema,
  triggerOf: ({ atMs, server }) => ({ on: "outside", atMs, process: null, server }),
  complaint: () => undefined,
  needs: ["slow-disks"],
  outageMs: ({ lastsMs, delayMs }) => lastsMs + delayMs,
  lingersMs: () => RECOVERY_MS,
  firesWith: "end",
  tellBegin: ({ delayMs, lastsMs }) =>
    `Takes ${delayMs} ms for each commit to reach its disk, for ${lastsMs} ms.`,
  tellEnd: () => "Has a quick disk again.",
};
