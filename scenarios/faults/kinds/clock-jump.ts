import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { beginning } from "../outside.ts";

/** The clock of the machine of a process is set, forward or back. */
export type ClockJumpFault = Static<typeof schema>;

const schema = Type.Object(
  {
    kind: Type.Literal("clock-jump"),
    ...beginning,
    process: Type.String({ maxLength: 100 }),
    byMs: Type.Integer({ minimum: -86_400_000, maximum: 172_800_000 }),
  },
  { additionalProperties: false },
);

export const clockJumpKind: FaultKind<ClockJumpFault> & { readonly schema: typeof schema } = {
  kind: "clock-jump",
  noun: { one: "clock jump", many: "clock jumps" },
  sentence:
    "The clock of a process is set, forward or back, as an operator or a time service does: no timer moves, but what it reads does.",
  schema,
  triggerOf: ({ atMs, process }) => ({ on: "outside", atMs, process, server: process }),
  complaint: () => undefined,
  needs: ["set-clocks"],
  outageMs: () => 0,
  lingersMs: () => 0,
  firesWith: "begin",
  tellBegin: ({ byMs }) => `Has its clock set by ${byMs} ms.`,
  tellEnd: null,
};
