import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import { complaintAboutAmount, complaintAboutKey } from "./asked-for.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/** A client brings money into a wallet from outside, or takes it out. */
export type MoveExternalCommand = Static<typeof moveExternalSchema>;

const text = Type.String({ maxLength: 10_000 });

const moveExternalSchema = Type.Object(
  {
    kind: Type.Literal("move-external"),
    direction: Type.Enum(["deposit", "withdrawal"]),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    idempotencyKey: text,
    walletId: text,
    amount: text,
    currency: text,
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
  },
  { additionalProperties: false },
);

export const moveExternalKind: CommandKind<MoveExternalCommand> & {
  readonly schema: typeof moveExternalSchema;
} = {
  kind: "move-external",
  schema: moveExternalSchema,
  complaint: ({ idempotencyKey, amount, currency, expects }) =>
    complaintAboutKey(expects, idempotencyKey) ??
    complaintAboutAmount(expects, { field: "amount", amount, currency, leastMinor: 1n }),
  askedBy: ({ by: caller = "operator", walletId }) => ({ caller, walletId }),
  serviceOf: () => "wallet",
  requestOf: ({ direction, idempotencyKey, walletId, amount, currency }) => ({
    method: "POST",
    path: `/wallets/${encodeURIComponent(walletId)}/${direction}s`,
    headers: { "idempotency-key": idempotencyKey },
    body: { amount, currency },
  }),
  subjectOf: ({ direction, idempotencyKey }) => `${direction} ${idempotencyKey}`,
  tell: ({ direction, idempotencyKey, amount, currency, walletId }) =>
    `Asks for ${direction} ${idempotencyKey}: ${amount} ${currency}, wallet ${walletId}.`,
};
