import Type, { type Static } from "typebox";
import { callerSchema, ownerOf } from "../callers.ts";
import { complaintAboutAmount, complaintAboutId } from "./asked-for.ts";
import type { CommandKind } from "./command-kind.ts";
import { expectationSchema } from "./expectation.ts";

/** A client asks for a wallet that is funded from outside; the wallet may be there already. */
export type OpenWalletCommand = Static<typeof openWalletSchema>;

const text = Type.String({ maxLength: 10_000 });

const openWalletSchema = Type.Object(
  {
    kind: Type.Literal("open-wallet"),
    atMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
    id: text,
    /** A decimal string in `currency`. */
    funding: text,
    currency: text,
    expects: expectationSchema,
    by: Type.Optional(callerSchema),
    /** For whom, where that is said: an operator says it in any case, and means its owner. */
    owner: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);

export const openWalletKind: CommandKind<OpenWalletCommand> & {
  readonly schema: typeof openWalletSchema;
} = {
  kind: "open-wallet",
  schema: openWalletSchema,
  complaint: ({ id, funding, currency, expects }) =>
    complaintAboutId(expects, "id", id) ??
    complaintAboutAmount(expects, { field: "funding", amount: funding, currency, leastMinor: 0n }),
  askedBy: ({ by: caller = "operator", id: walletId }) => ({ caller, walletId }),
  serviceOf: () => "wallet",
  requestOf: ({ id, funding, currency, by = "operator", owner: said }) => {
    const owner = said ?? (by === "operator" ? ownerOf(id) : undefined);
    const words = { id, funding, currency };
    return {
      method: "POST",
      path: "/wallets",
      headers: {},
      body: owner === undefined ? words : { ...words, owner },
    };
  },
  subjectOf: ({ id }) => `wallet ${id}`,
  tell: ({ id, funding, currency }) => `Asks for wallet ${id} with ${funding} ${currency}.`,
};
