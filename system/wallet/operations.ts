import Type from "typebox";
import { PAGE_PARAMETERS } from "../http/page.ts";
import { identifier } from "../http/request-body.ts";
import type { Operation } from "../ports/operation.ts";

const decimal = Type.String({
  description: "A plain decimal with at most the currency's decimals: 50.000",
});

export const walletBody = Type.Object(
  {
    id: identifier,
    funding: decimal,
    currency: Type.String(),
    owner: Type.Optional(identifier),
  },
  { additionalProperties: false },
);

export const moneyBody = Type.Object(
  { amount: decimal, currency: Type.String() },
  { additionalProperties: false },
);

const walletView = Type.Object(
  { id: identifier, balance: decimal, currency: Type.String(), frozen: Type.Boolean() },
  { additionalProperties: false },
);

const entryView = Type.Object(
  {
    position: Type.String({ description: "1 for the wallet's first entry, without a gap." }),
    direction: Type.Enum(["debit", "credit"]),
    amount: decimal,
    currency: Type.String(),
    balanceAfter: decimal,
    cause: Type.String({ description: "payment:ID, or external:ID for what came in or went out." }),
    postedAtMs: Type.Integer({ description: "Milliseconds since the epoch." }),
    hash: Type.String({ description: "SHA-256 over the entry and the hash of the one before." }),
  },
  { additionalProperties: false },
);

const externalView = Type.Object(
  {
    id: identifier,
    kind: Type.Enum(["deposit", "withdrawal"]),
    walletId: identifier,
    amount: decimal,
    currency: Type.String(),
  },
  { additionalProperties: false },
);

const verdictView = Type.Object(
  {
    holds: Type.Boolean(),
    accounts: Type.Integer(),
    entries: Type.Integer(),
    faults: Type.Array(
      Type.Object(
        { accountId: Type.String(), position: Type.String(), found: Type.String() },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

const wallet = { description: "The wallet as it is now.", schema: walletView };
const UNKNOWN = { codes: ["unknown-wallet"] };

function external(id: string, summary: string): Operation {
  return {
    id,
    summary,
    scope: "operator",
    needsKey: true,
    body: moneyBody,
    answers: {
      201: { description: "The money moved.", schema: externalView },
      400: {
        codes: [
          "idempotency-key-missing",
          "idempotency-key-malformed",
          "malformed-request",
          "malformed-amount",
        ],
      },
      404: UNKNOWN,
      422: {
        codes: [
          "idempotency-key-reused",
          "insufficient-balance",
          "frozen-wallet",
          "currency-mismatch",
          "limit-exceeded",
        ],
      },
    },
  };
}

/** What the wallet service's routes take and answer. */
export const WALLET_OPERATIONS = {
  open: {
    id: "openWallet",
    summary: "Opens a wallet: one's own and empty, or as an operator any.",
    scope: "wallets:write",
    body: walletBody,
    answers: {
      201: wallet,
      400: { codes: ["malformed-request", "malformed-amount"] },
      409: { codes: ["wallet-opened-otherwise"] },
      422: { codes: ["limit-exceeded"] },
    },
  },
  read: {
    id: "readWallet",
    summary: "A wallet.",
    scope: "wallets:read",
    answers: { 200: wallet, 404: UNKNOWN },
  },
  entries: {
    id: "readWalletEntries",
    summary: "A wallet's ledger entries, oldest first.",
    scope: "wallets:read",
    query: PAGE_PARAMETERS,
    answers: {
      200: {
        description: "A page of entries; next is where the one after it begins.",
        schema: Type.Object(
          { entries: Type.Array(entryView), next: Type.Union([Type.String(), Type.Null()]) },
          { additionalProperties: false },
        ),
      },
      400: { codes: ["malformed-request"] },
      404: UNKNOWN,
    },
  },
  deposit: external("deposit", "Brings money in from outside."),
  withdraw: external("withdraw", "Takes money out."),
  freeze: {
    id: "freezeWallet",
    summary: "Lets a wallet neither give nor take.",
    scope: "operator",
    answers: { 200: wallet, 404: UNKNOWN },
  },
  unfreeze: {
    id: "unfreezeWallet",
    summary: "Lets a frozen wallet go on.",
    scope: "operator",
    answers: { 200: wallet, 404: UNKNOWN },
  },
  verify: {
    id: "verifyLedger",
    summary: "Recomputes every account's chain of entries.",
    scope: "operator",
    answers: { 200: { description: "What the chains say.", schema: verdictView } },
  },
} as const satisfies Readonly<Record<string, Operation>>;
