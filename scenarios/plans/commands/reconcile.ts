import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/** An operator has both services compared. */
export type ReconcileCommand = Static<typeof reconcileSchema>;

const reconcileSchema = Type.Object(
  {
    kind: Type.Literal("reconcile"),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    scope: Type.Enum(["news", "everything"]),
    /** How long a payment may be PENDING, and an event unsent, before it counts as stuck. */
    pendingMs: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    /** How long after it was sent an event counts as lost. */
    lostMs: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
  },
  { additionalProperties: false },
);

export const reconcileKind: CommandKind<ReconcileCommand> & {
  readonly schema: typeof reconcileSchema;
} = {
  kind: "reconcile",
  schema: reconcileSchema,
  complaint: () => undefined,
  askedBy: ({ by: caller = "operator" }) => ({ caller, walletId: "" }),
  serviceOf: () => "reconciliation",
  requestOf: ({ scope, pendingMs, lostMs }) => ({
    method: "POST",
    path: "/reconciliation/runs",
    headers: {},
    body: { scope, pendingMs, lostMs },
  }),
  subjectOf: () => "a reconciliation",
  tell: ({ scope }) => `Asks for a reconciliation of ${scope === "news" ? "what is new" : scope}.`,
};
