import { textColumn } from "../database/row.ts";
import { formatMoney } from "../domain/money.ts";
import type { Connection } from "../ports/database.ts";
import type { Acceptance, TransferRequest } from "./transfer-request.ts";

/**
 * Claims the client's key for `paymentId`, in the caller's transaction. A second request with the
 * key waits here until the first one has committed or rolled back.
 *
 * @returns false when the key is taken
 */
export async function claimKey(
  connection: Connection,
  request: TransferRequest,
  paymentId: string,
): Promise<boolean> {
  const { rowCount } = await connection.query({
    label: "claim-key",
    sql: `INSERT INTO idempotency_keys (idempotency_key, request_fingerprint, payment_id)
     VALUES ($1, $2, $3)
     ON CONFLICT (idempotency_key) DO NOTHING`,
    parameters: [request.idempotencyKey, fingerprint(request), paymentId],
  });
  return rowCount === 1;
}

/** What a request with a key that is taken is answered: the payment it made, or that it differs. */
export async function answerFromKey(
  connection: Connection,
  request: TransferRequest,
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
  if (textColumn(row, "request_fingerprint") !== fingerprint(request)) {
    return { kind: "key-reused" };
  }
  return { kind: "accepted", paymentId: textColumn(row, "payment_id") };
}

/** The request as canonical text: equal exactly when the requests ask for the same transfer. */
function fingerprint({ senderWalletId, receiverWalletId, money }: TransferRequest): string {
  return JSON.stringify([senderWalletId, receiverWalletId, formatMoney(money), money.currency]);
}
