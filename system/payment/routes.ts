import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { parseMoney } from "../domain/money.ts";
import { idempotencyKeyOf, keyReused } from "../http/idempotency-key.ts";
import { problem } from "../http/problem.ts";
import { identifier, isIdentifier, requestBody } from "../http/request-body.ts";
import type { HttpRequest, HttpResponse, Route } from "../ports/server.ts";
import type { AcceptPorts } from "./accept.ts";
import { findPayment } from "./records.ts";
import type { Acceptance, TransferRequest } from "./transfer-request.ts";

/**
 * The payment service over HTTP:
 * - `POST /payments` with an `Idempotency-Key` header: 202 with the payment's location
 * - `GET /payments/:id`: 200 with its state
 *
 * Errors are problem details; what is thrown, `answering` turns into one. After 503 ask again with
 * the same key: its code says whether nothing was done or whether that is not known.
 */
export function paymentRoutes(
  ports: AcceptPorts,
  accept: (ports: AcceptPorts, request: TransferRequest) => Promise<Acceptance>,
): readonly Route[] {
  return [
    { method: "POST", path: "/payments", handle: (request) => postPayment(ports, accept, request) },
    { method: "GET", path: "/payments/:id", handle: (request) => getPayment(ports, request) },
  ];
}

const paymentBody = Compile(
  Type.Object(
    {
      senderWalletId: identifier,
      receiverWalletId: identifier,
      amount: Type.String(),
      currency: Type.String(),
    },
    { additionalProperties: false },
  ),
);

async function postPayment(
  ports: AcceptPorts,
  accept: (ports: AcceptPorts, request: TransferRequest) => Promise<Acceptance>,
  request: HttpRequest,
): Promise<HttpResponse> {
  const found = idempotencyKeyOf(request);
  if (found.kind === "refused") {
    return found.response;
  }
  const body = requestBody(paymentBody, request.body);
  if (body.kind === "refused") {
    return problem(400, "malformed-request", body.message);
  }
  const transfer = readTransfer(found.key, body.value);
  if (transfer.kind === "refused") {
    return problem(400, "malformed-amount", transfer.message);
  }
  const acceptance = await accept(ports, transfer.request);
  return acceptance.kind === "key-reused" ? keyReused() : acceptedResponse(acceptance.paymentId);
}

async function getPayment(ports: AcceptPorts, request: HttpRequest): Promise<HttpResponse> {
  const id = request.pathParameters["id"] ?? "";
  const unknown = problem(404, "unknown-payment", `there is no payment ${JSON.stringify(id)}`);
  // What cannot be an id is not asked for: a text with a NUL the database would refuse.
  if (!isIdentifier(id)) {
    return unknown;
  }
  const payment = await findPayment(ports.database, id);
  return payment === undefined ? unknown : { status: 200, body: payment };
}

function readTransfer(
  idempotencyKey: string,
  body: Static<ReturnType<typeof paymentBody.Type>>,
): { kind: "transfer"; request: TransferRequest } | { kind: "refused"; message: string } {
  const { senderWalletId, receiverWalletId, amount, currency } = body;
  const parsed = parseMoney(amount, currency);
  if (parsed.kind === "refused") {
    return parsed;
  }
  const { money } = parsed;
  if (money.amountMinor === 0n) {
    return { kind: "refused", message: `amount ${JSON.stringify(amount)} is not more than zero` };
  }
  return {
    kind: "transfer",
    request: { idempotencyKey, senderWalletId, receiverWalletId, money },
  };
}

function acceptedResponse(paymentId: string): HttpResponse {
  return {
    status: 202,
    headers: { location: `/payments/${paymentId}` },
    body: { id: paymentId },
  };
}
