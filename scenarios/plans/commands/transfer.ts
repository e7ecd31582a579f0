import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import { complaintAboutAmount, complaintAboutId, complaintAboutKey } from "./asked-for.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/** A client asks for a transfer. */
export type TransferCommand = Static<typeof transferSchema>;

const text = Type.String({ maxLength: 10_000 });

const transferSchema = Type.Object(
  {
    kind: Type.Literal("transfer"),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    idempotencyKey: text,
    senderWalletId: text,
    receiverWalletId: text,
    amount: text,
    currency: text,
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
  },
  { additionalProperties: false },
);

export const transferKind: CommandKind<TransferCommand> & {
  readonly schema: typeof transferSchema;
} = {
  kind: "transfer",
  schema: transferSchema,
  complaint: ({ idempotencyKey, senderWalletId, receiverWalletId, amount, currency, expects }) =>
    complaintAboutKey(expects, idempotencyKey) ??
    complaintAboutId(expects, "senderWalletId", senderWalletId) ??
    complaintAboutId(expects, "receiverWalletId", receiverWalletId) ??
    complaintAboutAmount(expects, { field: "amount", amount, currency, leastMinor: 1n }),
  askedBy: ({ by: caller = "owner", senderWalletId: walletId }) => ({ caller, walletId }),
  serviceOf: () => "payment",
  requestOf: ({ idempotencyKey, senderWalletId, receiverWalletId, amount, currency }) => ({
    method: "POST",
    path: "/payments",
    headers: { "idempotency-key": idempotencyKey },
    body: { senderWalletId, receiverWalletId, amount, currency },
  }),
  subjectOf: ({ idempotencyKey }) => `payment ${idempotencyKey}`,
  tell: ({ idempotencyKey, amount, currency, senderWalletId, receiverWalletId }) =>
    `Asks for payment ${idempotencyKey}: ${amount} ${currency} from ${senderWalletId} to ${receiverWalletId}.`,
};
