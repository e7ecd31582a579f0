import Type, { type Static } from "typebox";
import type { FaultKind } from "../fault-kind.ts";
import { beginning } from "../outside.ts";
import { PLANTED_BREAKS, plantedBreak } from "../planted-breaks.ts";

/** Somebody with the rights of a superuser changes what a service has written down. */
export type PlantedBreakFault = Static<typeof schema>;

const schema = Type.Object(
  {
    kind: Type.Literal("planted-break"),
    ...beginning,
    plant: Type.Enum(PLANTED_BREAKS.map(({ name }) => name)),
  },
  { additionalProperties: false },
);

export const plantedBreakKind: FaultKind<PlantedBreakFault> & { readonly schema: typeof schema } = {
  kind: "planted-break",
  noun: { one: "planted break", many: "planted breaks" },
  sentence:
    "Somebody writes to a service's database past the service, once three payments that the plan asks for are over: a balance, an entry of the ledger, a status, a key.",
  schema,
  triggerOf: ({ atMs, plant }) => ({
    on: "outside",
    atMs,
    process: null,
    server: plantedBreak(plant).server,
  }),
  complaint: () => undefined,
  needs: ["write-past-services"],
  outageMs: () => 0,
  lingersMs: () => 0,
  firesWith: "begin",
  tellBegin: ({ plant }) => `Is written to by somebody else, and now has ${plant}.`,
  tellEnd: null,
};
