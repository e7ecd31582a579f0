import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import { complaintAboutKey } from "./asked-for.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/**
 * A client asks how a payment stands: by the id that it was told for its key, or, as long as it was
 * told none, by the key, which is no payment's id.
 */
export type ReadPaymentCommand = Static<typeof readPaymentSchema>;

const readPaymentSchema = Type.Object(
  {
    kind: Type.Literal("read-payment"),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    idempotencyKey: Type.String({ maxLength: 10_000 }),
    /** How many seconds it waits for the end of the payment. */
    waitS: Type.Integer({ minimum: 0, maximum: 30 }),
    /** Parameters that are asked with as they are, in place of the wait. */
    query: Type.Optional(Type.String({ maxLength: 1_000 })),
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
    /** A party's wallet: it says who is the owner who asks, and who is the stranger. */
    party: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);

export const readPaymentKind: CommandKind<ReadPaymentCommand> & {
  readonly schema: typeof readPaymentSchema;
} = {
  kind: "read-payment",
  schema: readPaymentSchema,
  complaint: ({ idempotencyKey, expects }) => complaintAboutKey(expects, idempotencyKey),
  askedBy: ({ by: caller = "operator", party = "" }) => ({ caller, walletId: party }),
  serviceOf: () => "payment",
  requestOf: (command, { toldIds }) => {
    const { idempotencyKey, waitS, query = waitS === 0 ? "" : `wait=${waitS}` } = command;
    const path = `/payments/${encodeURIComponent(toldIds.get(idempotencyKey) ?? idempotencyKey)}`;
    return { method: "GET", path: query === "" ? path : `${path}?${query}`, headers: {} };
  },
  subjectOf: ({ idempotencyKey }) => `payment ${idempotencyKey}`,
  tell: ({ idempotencyKey }) => `Asks how payment ${idempotencyKey} stands.`,
};
