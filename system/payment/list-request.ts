import { PAYMENT_STATUSES } from "../domain/payment.ts";
import { pageOf } from "../http/page.ts";
import { problem } from "../http/problem.ts";
import { isIdentifier } from "../http/request-body.ts";
import type { ServiceRequest } from "../http/route.ts";
import type { HttpResponse } from "../ports/server.ts";
import type { PaymentQuery } from "./list.ts";

export type ListRequest =
  | { readonly kind: "list"; readonly query: PaymentQuery }
  | { readonly kind: "refused"; readonly response: HttpResponse };

const PARAMETERS = ["status", "wallet", "createdAfter", "after", "limit"];

/**
 * Reads `status`, `wallet`, `createdAfter` (milliseconds since the epoch), `after` and `limit`. A
 * parameter that is not one of them is refused: what it was meant to leave out would be there.
 */
export function readListRequest(request: ServiceRequest): ListRequest {
  const { queryParameters, principal } = request;
  const unknown = Object.keys(queryParameters).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    const known = PARAMETERS.join(", ");
    return refuse(`${JSON.stringify(unknown.slice(0, 40))} is not one of: ${known}`);
  }
  const page = pageOf(request, /^[0-9]{1,15}~[A-Za-z0-9._:-]{1,64}$/);
  if (page.kind === "refused") {
    return page;
  }
  const { status: statuses = [], wallet: wallets = [], createdAfter: times = [] } = queryParameters;
  const [status] = statuses;
  const [walletId] = wallets;
  const [createdAfter] = times;
  if (statuses.length > 1 || wallets.length > 1 || times.length > 1) {
    return refuse("a parameter is there twice");
  }
  if (status !== undefined && !PAYMENT_STATUSES.some((each) => each === status)) {
    return refuse(`status: expected one of ${PAYMENT_STATUSES.join(", ")}`);
  }
  if (walletId !== undefined && !isIdentifier(walletId)) {
    return refuse("wallet: expected a wallet's id");
  }
  if (createdAfter !== undefined && !/^[0-9]{1,15}$/.test(createdAfter)) {
    return refuse("createdAfter: expected milliseconds since the epoch, a whole number");
  }
  const shownTo = principal.scopes.has("operator") ? undefined : principal.id;
  const createdAfterMs = createdAfter === undefined ? undefined : Number(createdAfter);
  const after = page.after === undefined ? undefined : readCursor(page.after);
  return {
    kind: "list",
    query: { status, walletId, createdAfterMs, after, limit: page.limit, shownTo },
  };
}

/** What `nextCursor` wrote. */
function readCursor(cursor: string): { readonly acceptedAtMs: number; readonly id: string } {
  const at = cursor.indexOf("~");
  return { acceptedAtMs: Number(cursor.slice(0, at)), id: cursor.slice(at + 1) };
}

function refuse(detail: string): ListRequest {
  return { kind: "refused", response: problem(400, "malformed-request", detail) };
}
