import { textColumn } from "../database/row.ts";
import { inRetriedTransaction } from "../database/transaction.ts";
import { entriesOf } from "../domain/ledger.ts";
import { formatMoney, type Money } from "../domain/money.ts";
import type { RefusalReason } from "../domain/payment.ts";
import { whyNotGiven, whyNotTaken } from "../domain/wallet.ts";
import type { Connection } from "../ports/database.ts";
import { lockOutside, lockWallets } from "./accounts.ts";
import {
  findExternalTransfer,
  insertExternalTransfer,
  type ExternalTransfer,
} from "./external-transfers.ts";
import { post } from "./post.ts";
import type { WalletPorts } from "./wallet-ports.ts";

/** A client's request to bring money in from outside, or to take it out. */
export interface ExternalRequest {
  readonly kind: "deposit" | "withdrawal";
  /** Who asks; the key is one of theirs. */
  readonly principalId: string;
  readonly idempotencyKey: string;
  readonly walletId: string;
  readonly money: Money;
}

export type ExternalOutcome =
  | { readonly kind: "decided"; readonly transfer: ExternalTransfer }
  | { readonly kind: "unknown-wallet" }
  | { readonly kind: "key-reused" };

/**
 * Brings money in from outside or takes it out, in one transaction: the wallet under lock,
 * the client's key, the decision, and both entries or none of them.
 * Asked again with the same key, it answers what was decided then.
 *
 * @throws DatabaseError; with `applied` unknown it may be done, and asking again tells
 */
export async function moveExternal(
  ports: WalletPorts,
  request: ExternalRequest,
): Promise<ExternalOutcome> {
  const { kind, walletId, money } = request;
  const id = ports.entropy.uuid();
  const nowMs = ports.clock.nowMs();
  return inRetriedTransaction(ports, kind, async (connection) => {
    // Before the key is claimed: a wallet that is not there now may be opened later.
    const [wallet] = await lockWallets(connection, [walletId]);
    if (wallet === undefined) {
      return { kind: "unknown-wallet" };
    }
    if (!(await claimKey(connection, request, id))) {
      return answerFromKey(connection, request);
    }
    const reason = whyRefused(request, wallet);
    const transfer = { id, walletId, kind, money, reason };
    await insertExternalTransfer(connection, transfer, nowMs);
    if (reason === null) {
      const outside = await lockOutside(connection, money.currency, nowMs);
      const cause = { kind: "external", id } as const;
      const sides =
        kind === "deposit" ? { from: outside, to: wallet } : { from: wallet, to: outside };
      await post(connection, entriesOf({ cause, ...sides, money, postedAtMs: nowMs }));
    }
    return { kind: "decided", transfer };
  });
}

function whyRefused(
  { kind, money }: ExternalRequest,
  wallet: Parameters<typeof whyNotTaken>[0],
): RefusalReason | null {
  const why = kind === "deposit" ? whyNotGiven : whyNotTaken;
  return why(wallet, money) ?? null;
}

async function claimKey(
  connection: Connection,
  request: ExternalRequest,
  transferId: string,
): Promise<boolean> {
  const { rowCount } = await connection.query({
    label: "claim-key",
    sql: `INSERT INTO idempotency_keys
       (principal_id, idempotency_key, request_fingerprint, transfer_id)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (principal_id, idempotency_key) DO NOTHING`,
    parameters: [request.principalId, request.idempotencyKey, fingerprint(request), transferId],
  });
  return rowCount === 1;
}

async function answerFromKey(
  connection: Connection,
  request: ExternalRequest,
): Promise<ExternalOutcome> {
  const { rows } = await connection.query({
    label: "read-key",
    sql: `SELECT request_fingerprint, transfer_id FROM idempotency_keys
     WHERE principal_id = $1 AND idempotency_key = $2`,
    parameters: [request.principalId, request.idempotencyKey],
  });
  const [row] = rows;
  if (row === undefined) {
    throw new Error("an idempotency key was taken, and is not there");
  }
  if (textColumn(row, "request_fingerprint") !== fingerprint(request)) {
    return { kind: "key-reused" };
  }
  const transfer = await findExternalTransfer(connection, textColumn(row, "transfer_id"));
  if (transfer === undefined) {
    throw new Error("an idempotency key names an external transfer that is not there");
  }
  return { kind: "decided", transfer };
}

/** The request as canonical text: equal exactly when the requests ask for the same. */
function fingerprint({ kind, walletId, money }: ExternalRequest): string {
  return JSON.stringify([kind, walletId, formatMoney(money), money.currency]);
}
