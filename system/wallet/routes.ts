import Type from "typebox";
import { Compile } from "typebox/compile";
import { formatMoney, parseMoney } from "../domain/money.ts";
import { problem } from "../http/problem.ts";
import { identifier, requestBody } from "../http/request-body.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { HttpRequest, HttpResponse, Route } from "../ports/server.ts";
import { openWallet } from "./open-wallet.ts";

/**
 * The wallet service over HTTP:
 * - `POST /wallets`: opens a wallet funded from outside; 201 with the wallet, again with the same
 *   id the wallet that is there
 *
 * Errors are problem details; what is thrown, `answering` turns into one.
 */
export function walletRoutes(ports: WalletPorts): readonly Route[] {
  return [{ method: "POST", path: "/wallets", handle: (request) => postWallet(ports, request) }];
}

interface WalletPorts {
  readonly database: Database;
  readonly clock: Clock;
}

const walletBody = Compile(
  Type.Object(
    { id: identifier, funding: Type.String(), currency: Type.String() },
    { additionalProperties: false },
  ),
);

async function postWallet(ports: WalletPorts, request: HttpRequest): Promise<HttpResponse> {
  const body = requestBody(walletBody, request.body);
  if (body.kind === "refused") {
    return problem(400, "malformed-request", body.message);
  }
  const { id, funding, currency } = body.value;
  const parsed = parseMoney(funding, currency);
  if (parsed.kind === "refused") {
    return problem(400, "malformed-amount", parsed.message);
  }
  const wallet = await openWallet(ports, { walletId: id, funding: parsed.money });
  const balance = formatMoney(wallet.balance);
  return { status: 201, body: { id, balance, currency: wallet.balance.currency } };
}
