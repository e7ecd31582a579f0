import Type from "typebox";
import { PAYMENT_STATUSES, REFUSAL_REASONS } from "../domain/payment.ts";
import { PAGE_PARAMETERS } from "../http/page.ts";
import { identifier } from "../http/request-body.ts";
import type { Operation } from "../ports/operation.ts";
import { WAIT_S_MAX } from "./wait.ts";

const decimal = Type.String({
  description: "A plain decimal with at most the currency's decimals: 50.000",
});
const milliseconds = Type.Integer({ description: "Milliseconds since the epoch." });
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const paymentBody = Type.Object(
  {
    senderWalletId: identifier,
    receiverWalletId: identifier,
    amount: decimal,
    currency: Type.String(),
  },
  { additionalProperties: false },
);

export const reversalBody = Type.Object(
  { amount: Type.Optional(decimal) },
  { additionalProperties: false },
);

const paymentView = Type.Object(
  {
    id: identifier,
    senderWalletId: identifier,
    receiverWalletId: identifier,
    amount: decimal,
    currency: Type.String(),
    status: Type.Enum(PAYMENT_STATUSES),
    reason: nullable(Type.Enum(REFUSAL_REASONS)),
    reverses: nullable(identifier),
    acceptedAtMs: milliseconds,
    settledAtMs: nullable(milliseconds),
  },
  { additionalProperties: false },
);

const eventView = Type.Object(
  {
    what: Type.Enum(["accepted", "published", "completed", "failed"]),
    atMs: milliseconds,
    reason: Type.Optional(Type.Enum(REFUSAL_REASONS)),
  },
  { additionalProperties: false },
);

const accepted = {
  description: "Accepted: Location says where to look.",
  schema: Type.Object({ id: identifier }, { additionalProperties: false }),
};
const KEY_CODES = ["idempotency-key-missing", "idempotency-key-malformed"];
const UNKNOWN = { codes: ["unknown-payment"] };
const MALFORMED = { codes: ["malformed-request"] };

/** What the payment service's routes take and answer. */
export const PAYMENT_OPERATIONS = {
  accept: {
    id: "acceptPayment",
    summary: "Asks for a payment from one wallet to another.",
    scope: "payments:write",
    needsKey: true,
    body: paymentBody,
    answers: {
      202: accepted,
      400: { codes: [...KEY_CODES, "malformed-request", "malformed-amount"] },
      409: { codes: ["request-in-progress"] },
      422: { codes: ["idempotency-key-reused"] },
    },
  },
  list: {
    id: "listPayments",
    summary: "Payments in the order of their acceptance.",
    scope: "payments:read",
    query: {
      status: { schema: Type.Enum(PAYMENT_STATUSES), description: "Only those." },
      wallet: { schema: identifier, description: "Only those from or to this wallet." },
      createdAfter: { schema: milliseconds, description: "Only those accepted after this moment." },
      ...PAGE_PARAMETERS,
    },
    answers: {
      200: {
        description: "A page of payments; next is where the one after it begins.",
        schema: Type.Object(
          { payments: Type.Array(paymentView), next: nullable(Type.String()) },
          { additionalProperties: false },
        ),
      },
      400: MALFORMED,
    },
  },
  read: {
    id: "readPayment",
    summary: "One payment as it is, or as it is when it is over.",
    scope: "payments:read",
    query: {
      wait: {
        schema: Type.Integer({ minimum: 0, maximum: WAIT_S_MAX, default: 0 }),
        description: "Whole seconds to wait for its end.",
      },
    },
    answers: {
      200: { description: "The payment.", schema: paymentView },
      400: MALFORMED,
      404: UNKNOWN,
    },
  },
  events: {
    id: "readPaymentEvents",
    summary: "What happened to a payment, in order.",
    scope: "payments:read",
    answers: {
      200: {
        description: "Its timeline; when it was published is known while its event is kept.",
        schema: Type.Object({ events: Type.Array(eventView) }, { additionalProperties: false }),
      },
      404: UNKNOWN,
    },
  },
  reverse: {
    id: "reversePayment",
    summary: "Gives a COMPLETED payment back, in whole or in part, by a new payment.",
    scope: "operator",
    needsKey: true,
    body: reversalBody,
    answers: {
      202: accepted,
      400: { codes: [...KEY_CODES, "malformed-request", "malformed-amount"] },
      404: UNKNOWN,
      409: { codes: ["request-in-progress"] },
      422: { codes: ["idempotency-key-reused", "not-reversible", "reversal-exceeds-original"] },
    },
  },
} as const satisfies Readonly<Record<string, Operation>>;
