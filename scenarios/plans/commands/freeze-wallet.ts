import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/** A client asks that a wallet takes and gives no money, or that it does so again. */
export type FreezeWalletCommand = Static<typeof freezeWalletSchema>;

const freezeWalletSchema = Type.Object(
  {
    kind: Type.Literal("freeze-wallet"),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    id: Type.String({ maxLength: 10_000 }),
    frozen: Type.Boolean(),
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
  },
  { additionalProperties: false },
);

export const freezeWalletKind: CommandKind<FreezeWalletCommand> & {
  readonly schema: typeof freezeWalletSchema;
} = {
  kind: "freeze-wallet",
  schema: freezeWalletSchema,
  complaint: () => undefined,
  askedBy: ({ by: caller = "operator", id: walletId }) => ({ caller, walletId }),
  serviceOf: () => "wallet",
  requestOf: ({ id, frozen }) => ({
    method: "POST",
    path: `/wallets/${encodeURIComponent(id)}/${frozen ? "freeze" : "unfreeze"}`,
    headers: {},
  }),
  subjectOf: ({ id }) => `wallet ${id}`,
  tell: ({ id, frozen }) => `Asks that wallet ${id} is ${frozen ? "frozen" : "let go"}.`,
};
