import { Compile } from "typebox/compile";
import type { Account } from "../domain/account.ts";
import type { Entry } from "../domain/ledger.ts";
import { formatMoney, parseAmount, parseMoney } from "../domain/money.ts";
import { scopeMissing } from "../http/admission.ts";
import { idempotencyKeyOf, keyReused } from "../http/idempotency-key.ts";
import { pageOf } from "../http/page.ts";
import { problem } from "../http/problem.ts";
import { isIdentifier, requestBody } from "../http/request-body.ts";
import { route, type ServiceRequest, type ServiceRoute } from "../http/route.ts";
import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import { readEntries } from "./entries.ts";
import type { ExternalTransfer } from "./external-transfers.ts";
import { freezeWallet } from "./freeze-wallet.ts";
import { moveExternal, type ExternalRequest } from "./move-external.ts";
import { openWallet } from "./open-wallet.ts";
import { moneyBody, WALLET_OPERATIONS, walletBody } from "./operations.ts";
import { showWallet } from "./show-wallet.ts";
import { verifyLedger } from "./verify-ledger.ts";
import type { WalletPorts } from "./wallet-ports.ts";

/**
 * The wallet service over HTTP:
 * - `POST /wallets`: opens a wallet funded from outside; 201 with the wallet, again with the same
 *   words the wallet that is there, 409 with others
 * - `GET /wallets/:id`: 200 with the wallet
 * - `GET /wallets/:id/entries`: 200 with its ledger entries, oldest first, a page at a time
 * - `POST /wallets/:id/deposits`, `/withdrawals` with an `Idempotency-Key`: 201 with the transfer,
 *   422 with the reason for which it was refused
 * - `POST /wallets/:id/freeze`, `/unfreeze`: 200 with the wallet
 * - `GET /ledger/verify`: 200 with what the recomputed chains of entries say
 *
 * Errors are problem details; what is thrown, `answering` turns into one.
 */
export function walletRoutes(ports: WalletPorts): readonly ServiceRoute[] {
  const { open, read, entries, deposit, withdraw, freeze, unfreeze, verify } = WALLET_OPERATIONS;
  const external =
    (kind: ExternalRequest["kind"]): ServiceRoute["handle"] =>
    (request) =>
      postExternal(ports, kind, request);
  return [
    route("POST", "/wallets", open, (request) => postWallet(ports, request)),
    route("GET", "/wallets/:id", read, (request) => getWallet(ports, request)),
    route("GET", "/wallets/:id/entries", entries, (request) => getEntries(ports, request)),
    route("POST", "/wallets/:id/deposits", deposit, external("deposit")),
    route("POST", "/wallets/:id/withdrawals", withdraw, external("withdrawal")),
    route("POST", "/wallets/:id/freeze", freeze, (request) => postFreeze(ports, true, request)),
    route("POST", "/wallets/:id/unfreeze", unfreeze, (request) =>
      postFreeze(ports, false, request),
    ),
    route("GET", "/ledger/verify", verify, () => getVerification(ports)),
  ];
}

const compiledWallet = Compile(walletBody);
const compiledMoney = Compile(moneyBody);

async function postWallet(ports: WalletPorts, request: ServiceRequest): Promise<HttpResponse> {
  const body = requestBody(compiledWallet, request.body);
  if (body.kind === "refused") {
    return problem(400, "malformed-request", body.message);
  }
  const { principal } = request;
  const { id, funding, currency, owner = principal.id } = body.value;
  const parsed = parseMoney(funding, currency);
  if (parsed.kind === "refused") {
    return problem(400, "malformed-amount", parsed.message);
  }
  const isOrdinary = parsed.money.amountMinor === 0n && owner === principal.id;
  if (!isOrdinary && !principal.scopes.has("operator")) {
    return scopeMissing("operator", "only an operator funds a wallet, or opens one for another");
  }
  const asked = { walletId: id, ownerId: owner, funding: parsed.money };
  const opening = await openWallet(ports, asked);
  switch (opening.kind) {
    case "open":
      return { status: 201, body: viewOf(opening.wallet) };
    case "refused":
      return problem(422, codeOf(opening.reason), `${funding} ${currency} cannot be held`);
    case "opened-otherwise":
      return problem(
        409,
        "wallet-opened-otherwise",
        `wallet ${JSON.stringify(id)} is there, and was opened otherwise`,
      );
  }
}

async function getWallet(ports: WalletPorts, request: ServiceRequest): Promise<HttpResponse> {
  const { principal } = request;
  const id = walletIdOf(request);
  const wallet = isIdentifier(id) ? await showWallet(ports.database, id, principal) : undefined;
  return wallet === undefined ? unknownWallet(id) : { status: 200, body: viewOf(wallet) };
}

async function getEntries(ports: WalletPorts, request: ServiceRequest): Promise<HttpResponse> {
  const { principal } = request;
  const id = walletIdOf(request);
  const page = pageOf(request, /^[0-9]{1,18}$/);
  if (page.kind === "refused") {
    return page.response;
  }
  const wallet = isIdentifier(id) ? await showWallet(ports.database, id, principal) : undefined;
  if (wallet === undefined) {
    return unknownWallet(id);
  }
  const after = BigInt(page.after ?? 0);
  const entries = await readEntries(ports.database, id, after, page.limit);
  const last = entries.at(-1);
  const next = entries.length < page.limit || last === undefined ? null : String(last.position);
  return { status: 200, body: { entries: entries.map(entryView), next } };
}

async function postExternal(
  ports: WalletPorts,
  kind: ExternalRequest["kind"],
  request: ServiceRequest,
): Promise<HttpResponse> {
  const walletId = walletIdOf(request);
  const found = idempotencyKeyOf(request);
  if (found.kind === "refused") {
    return found.response;
  }
  const body = requestBody(compiledMoney, request.body);
  if (body.kind === "refused") {
    return problem(400, "malformed-request", body.message);
  }
  const { amount, currency } = body.value;
  const parsed = parseAmount(amount, currency);
  if (parsed.kind === "refused") {
    return problem(400, "malformed-amount", parsed.message);
  }
  const { money } = parsed;
  if (!isIdentifier(walletId)) {
    return unknownWallet(walletId);
  }
  const principalId = request.principal.id;
  const asked = { kind, principalId, idempotencyKey: found.key, walletId, money };
  const outcome = await moveExternal(ports, asked);
  switch (outcome.kind) {
    case "decided":
      return decidedResponse(outcome.transfer);
    case "unknown-wallet":
      return unknownWallet(walletId);
    case "key-reused":
      return keyReused();
  }
}

async function postFreeze(
  ports: WalletPorts,
  frozen: boolean,
  request: HttpRequest,
): Promise<HttpResponse> {
  const id = walletIdOf(request);
  const wallet = isIdentifier(id) ? await freezeWallet(ports, id, frozen) : undefined;
  return wallet === undefined ? unknownWallet(id) : { status: 200, body: viewOf(wallet) };
}

async function getVerification(ports: WalletPorts): Promise<HttpResponse> {
  const verdict = await verifyLedger(ports.database);
  return { status: 200, body: { holds: verdict.faults.length === 0, ...verdict } };
}

function walletIdOf(request: HttpRequest): string {
  return request.pathParameters["id"] ?? "";
}

function unknownWallet(id: string): HttpResponse {
  return problem(404, "unknown-wallet", `there is no wallet ${JSON.stringify(id)}`);
}

function decidedResponse({ id, kind, walletId, money, reason }: ExternalTransfer): HttpResponse {
  const amount = formatMoney(money);
  return reason === null
    ? { status: 201, body: { id, kind, walletId, amount, currency: money.currency } }
    : problem(422, codeOf(reason), `the ${kind} of ${amount} ${money.currency} was refused`);
}

/** A reason as the code of a problem: `insufficient-balance`. */
function codeOf(reason: string): string {
  return reason.replaceAll("_", "-");
}

function viewOf({ id, balance, frozen }: Account): Readonly<Record<string, unknown>> {
  return { id, balance: formatMoney(balance), currency: balance.currency, frozen };
}

function entryView(entry: Entry): Readonly<Record<string, unknown>> {
  const { cause, position, direction, money, balanceAfterMinor, postedAtMs, hash } = entry;
  return {
    position: String(position),
    direction,
    amount: formatMoney(money),
    currency: money.currency,
    balanceAfter: formatMoney({ amountMinor: balanceAfterMinor, currency: money.currency }),
    cause: `${cause.kind}:${cause.id}`,
    postedAtMs,
    hash,
  };
}
