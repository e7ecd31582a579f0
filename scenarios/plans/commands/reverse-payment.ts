import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import { complaintAboutKey } from "./asked-for.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/**
 * A client asks that a payment is given back, in whole or in part: the one that it was told for a
 * key, or, as long as it was told none, one that is named like the key, which there is not.
 */
export type ReversePaymentCommand = Static<typeof reversePaymentSchema>;

const text = Type.String({ maxLength: 10_000 });

const reversePaymentSchema = Type.Object(
  {
    kind: Type.Literal("reverse-payment"),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    idempotencyKey: text,
    /** The key with which the payment was asked for. */
    originalKey: text,
    /** A decimal string in the original's currency; null for all that is left. */
    amount: Type.Union([text, Type.Null()]),
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
  },
  { additionalProperties: false },
);

export const reversePaymentKind: CommandKind<ReversePaymentCommand> & {
  readonly schema: typeof reversePaymentSchema;
} = {
  kind: "reverse-payment",
  schema: reversePaymentSchema,
  complaint: ({ idempotencyKey, expects }) => complaintAboutKey(expects, idempotencyKey),
  askedBy: ({ by: caller = "operator" }) => ({ caller, walletId: "" }),
  serviceOf: () => "payment",
  requestOf: ({ idempotencyKey, originalKey, amount }, { toldIds }) => ({
    method: "POST",
    path: `/payments/${encodeURIComponent(toldIds.get(originalKey) ?? originalKey)}/reversal`,
    headers: { "idempotency-key": idempotencyKey },
    body: amount === null ? {} : { amount },
  }),
  subjectOf: ({ idempotencyKey }) => `payment ${idempotencyKey}`,
  tell: ({ idempotencyKey, originalKey, amount }) =>
    `Asks for payment ${idempotencyKey}, which gives back ${amount ?? "all"} of payment ${originalKey}.`,
};
