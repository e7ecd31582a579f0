import Type, { type Static } from "typebox";
import { callerSchema } from "../callers.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/** A client asks how a wallet stands. */
export type ReadWalletCommand = Static<typeof readWalletSchema>;

const readWalletSchema = Type.Object(
  {
    kind: Type.Literal("read-wallet"),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    id: Type.String({ maxLength: 10_000 }),
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
  },
  { additionalProperties: false },
);

export const readWalletKind: CommandKind<ReadWalletCommand> & {
  readonly schema: typeof readWalletSchema;
} = {
  kind: "read-wallet",
  schema: readWalletSchema,
  complaint: () => undefined,
  askedBy: ({ by: caller = "owner", id: walletId }) => ({ caller, walletId }),
  serviceOf: () => "wallet",
  requestOf: ({ id }) => ({
    method: "GET",
    path: `/wallets/${encodeURIComponent(id)}`,
    headers: {},
  }),
  subjectOf: ({ id }) => `wallet ${id}`,
  tell: ({ id }) => `Asks how wallet ${id} stands.`,
};
