import type { Static } from "typebox";
import { Compile } from "typebox/compile";
import { parseAmount } from "../domain/money.ts";
import type { TraceContext } from "../domain/trace-context.ts";
import { idempotencyKeyOf, keyReused, requestInProgress } from "../http/idempotency-key.ts";
import { problem } from "../http/problem.ts";
import { isIdentifier, requestBody } from "../http/request-body.ts";
import { route, type ServiceRequest, type ServiceRoute } from "../http/route.ts";
import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { AcceptPorts } from "./accept.ts";
import { readListRequest } from "./list-request.ts";
import { listPayments } from "./list.ts";
import { PAYMENT_OPERATIONS, paymentBody, reversalBody } from "./operations.ts";
import { eventView, nextCursor, viewOf } from "./payment-view.ts";
import type { RecordedPayment } from "./records.ts";
import { reversePayment } from "./reverse.ts";
import { timelineOf } from "./timeline.ts";
import type { Acceptance, TransferRequest } from "./transfer-request.ts";
import { readWaitMs, terminalWithin } from "./wait.ts";

/**
 * The payment service over HTTP:
 * - `POST /payments` with an `Idempotency-Key`: 202 with the payment's location
 * - `GET /payments/:id`: 200 with its state; with `?wait=5` when it is terminal, after 5 s at most
 * - `GET /payments`: 200 with payments in the order of their acceptance, a page at a time
 * - `GET /payments/:id/events`: 200 with what happened to it
 * - `POST /payments/:id/reversal` with an `Idempotency-Key`: 202 with the location of the payment
 *   that gives it back
 *
 * Errors are problem details; what is thrown, `answering` turns into one. After 503 ask again with
 * the same key: its code says whether nothing was done or whether that is not known.
 */
export function paymentRoutes(
  ports: PaymentPorts,
  accept: (request: TransferRequest) => Promise<Acceptance>,
): readonly ServiceRoute[] {
  const { accept: acceptance, list, read, events, reverse } = PAYMENT_OPERATIONS;
  return [
    route("POST", "/payments", acceptance, (request) => postPayment(ports, accept, request)),
    route("GET", "/payments", list, (request) => getPayments(ports, request)),
    route("GET", "/payments/:id", read, (request) => getPayment(ports, request)),
    route("GET", "/payments/:id/events", events, (request) => getEvents(ports, request)),
    route("POST", "/payments/:id/reversal", reverse, (request) => postReversal(ports, request)),
  ];
}

type PaymentPorts = AcceptPorts & { readonly telemetry: Telemetry };

const compiledPayment = Compile(paymentBody);
const compiledReversal = Compile(reversalBody);

async function postPayment(
  ports: PaymentPorts,
  accept: (request: TransferRequest) => Promise<Acceptance>,
  request: ServiceRequest,
): Promise<HttpResponse> {
  const found = idempotencyKeyOf(request);
  if (found.kind === "refused") {
    return found.response;
  }
  const body = requestBody(compiledPayment, request.body);
  if (body.kind === "refused") {
    return problem(400, "malformed-request", body.message);
  }
  const { principal, trace } = request;
  const asker = { principalId: principal.id, idempotencyKey: found.key, trace };
  const transfer = readTransfer(asker, body.value);
  if (transfer.kind === "refused") {
    return problem(400, "malformed-amount", transfer.message);
  }
  return acceptanceResponse(ports.telemetry, trace, await accept(transfer.request));
}

async function postReversal(ports: PaymentPorts, request: ServiceRequest): Promise<HttpResponse> {
  const originalId = request.pathParameters["id"] ?? "";
  const found = idempotencyKeyOf(request);
  if (found.kind === "refused") {
    return found.response;
  }
  const body = requestBody(compiledReversal, request.body ?? {});
  if (body.kind === "refused") {
    return problem(400, "malformed-request", body.message);
  }
  if (!isIdentifier(originalId)) {
    return unknownPayment(originalId);
  }
  const { amount = null } = body.value;
  const { principal, trace } = request;
  const asked = { principalId: principal.id, idempotencyKey: found.key, originalId, amount, trace };
  const outcome = await reversePayment(ports, asked);
  switch (outcome.kind) {
    case "unknown-payment":
      return unknownPayment(originalId);
    case "malformed-amount":
      return problem(400, "malformed-amount", outcome.detail);
    case "refused":
      return problem(422, outcome.code, outcome.detail);
    case "accepted":
    case "key-reused":
    case "in-progress":
      return acceptanceResponse(ports.telemetry, trace, outcome);
  }
}

async function getPayment(ports: AcceptPorts, request: ServiceRequest): Promise<HttpResponse> {
  const wait = readWaitMs(request);
  if (wait.kind === "refused") {
    return wait.response;
  }
  const found = await paymentOf(request, (id) =>
    terminalWithin(ports, id, request.principal, wait.waitMs),
  );
  return found.kind === "refused" ? found.response : { status: 200, body: viewOf(found.payment) };
}

async function getEvents(ports: AcceptPorts, request: ServiceRequest): Promise<HttpResponse> {
  const found = await paymentOf(request, (id) => terminalWithin(ports, id, request.principal, 0));
  if (found.kind === "refused") {
    return found.response;
  }
  const events = await timelineOf(ports.database, found.payment);
  return { status: 200, body: { events: events.map(eventView) } };
}

async function getPayments(ports: AcceptPorts, request: ServiceRequest): Promise<HttpResponse> {
  const asked = readListRequest(request);
  if (asked.kind === "refused") {
    return asked.response;
  }
  const payments = await listPayments(ports.database, asked.query);
  const next = nextCursor(payments, asked.query.limit);
  return { status: 200, body: { payments: payments.map(viewOf), next } };
}

/** The payment that a request's path names. */
async function paymentOf(
  request: HttpRequest,
  find: (id: string) => Promise<RecordedPayment | undefined>,
): Promise<
  | { readonly kind: "payment"; readonly payment: RecordedPayment }
  | { readonly kind: "refused"; readonly response: HttpResponse }
> {
  const id = request.pathParameters["id"] ?? "";
  // What cannot be an id is not asked for: a text with a NUL the database would refuse.
  const payment = isIdentifier(id) ? await find(id) : undefined;
  return payment === undefined
    ? { kind: "refused", response: unknownPayment(id) }
    : { kind: "payment", payment };
}

function unknownPayment(id: string): HttpResponse {
  return problem(404, "unknown-payment", `there is no payment ${JSON.stringify(id)}`);
}

function readTransfer(
  asker: Pick<TransferRequest, "principalId" | "idempotencyKey" | "trace">,
  body: Static<typeof paymentBody>,
): { kind: "transfer"; request: TransferRequest } | { kind: "refused"; message: string } {
  const { senderWalletId, receiverWalletId, amount, currency } = body;
  const parsed = parseAmount(amount, currency);
  if (parsed.kind === "refused") {
    return parsed;
  }
  const { money } = parsed;
  return {
    kind: "transfer",
    request: { ...asker, senderWalletId, receiverWalletId, money },
  };
}

function acceptanceResponse(
  telemetry: Telemetry,
  { traceId }: TraceContext,
  acceptance: Acceptance,
): HttpResponse {
  switch (acceptance.kind) {
    case "accepted":
      // Also when it was accepted before: then this is another trace of the same payment.
      telemetry.event("accept.done", { paymentId: acceptance.paymentId, traceId });
      return {
        status: 202,
        headers: { location: `/payments/${acceptance.paymentId}` },
        body: { id: acceptance.paymentId },
      };
    case "key-reused":
      return keyReused();
    case "in-progress":
      return requestInProgress();
  }
}
