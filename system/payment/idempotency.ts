import { textColumn } from "../database/row.ts";
import { LOCK_NOT_AVAILABLE } from "../database/transaction.ts";
import { formatMoney } from "../domain/money.ts";
import { DatabaseError, type Connection } from "../ports/database.ts";
import type { Acceptance, ReversalRequest, TransferRequest } from "./transfer-request.ts";

/** A request as far as its key is concerned. */
export interface KeyedRequest {
  readonly idempotencyKey: string;
  /** The request as canonical text: equal exactly when two requests ask for the same. */
  readonly fingerprint: string;
}

export function keyOfTransfer(request: Omit<TransferRequest, "trace">): KeyedRequest {
  const { idempotencyKey, senderWalletId, receiverWalletId, money } = request;
  const said = [senderWalletId, receiverWalletId, formatMoney(money), money.currency];
  return { idempotencyKey, fingerprint: JSON.stringify(said) };
}

export function keyOfReversal(request: Omit<ReversalRequest, "trace">): KeyedRequest {
  const { idempotencyKey, originalId, amount } = request;
  return { idempotencyKey, fingerprint: JSON.stringify(["reversal", originalId, amount]) };
}

/** A request with the same key is still being served, for longer than one waits for another. */
export class RequestInProgress extends Error {
  override readonly name = "RequestInProgress";
}

/**
 * Claims the client's key for `paymentId`, in the caller's transaction. A second request with the
 * key waits here until the first one has committed or rolled back.
 *
 * @returns false when the key is taken
 * @throws RequestInProgress when the first one takes longer than the database lets anybody wait
 */
export async function claimKey(
  connection: Connection,
  request: KeyedRequest,
  paymentId: string,
): Promise<boolean> {
  try {
    const { rowCount } = await connection.query({
      label: "claim-key",
      sql: `INSERT INTO idempotency_keys (idempotency_key, request_fingerprint, payment_id)
     VALUES ($1, $2, $3)
     ON CONFLICT (idempotency_key) DO NOTHING`,
      parameters: [request.idempotencyKey, request.fingerprint, paymentId],
    });
    return rowCount === 1;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === LOCK_NOT_AVAILABLE) {
      throw new RequestInProgress("a request with the same key is being served");
    }
    throw error;
  }
}

/** What a request with a key that is taken is answered: the payment it made, or that it differs. */
export async function answerFromKey(
  connection: Connection,
  request: KeyedRequest,
): Promise<Acceptance> {
  const { rows } = await connection.query({
    label: "read-key",
    sql: `SELECT request_fingerprint, payment_id FROM idempotency_keys WHERE idempotency_key = $1`,
    parameters: [request.idempotencyKey],
  });
  const [row] = rows;
  if (row === undefined) {
    throw new Error("an idempotency key was taken, and is not there");
  }
  if (textColumn(row, "request_fingerprint") !== request.fingerprint) {
    return { kind: "key-reused" };
  }
  return { kind: "accepted", paymentId: textColumn(row, "payment_id") };
}
