import { textColumn } from "../../system/database/row.ts";
import { inTransaction } from "../../system/database/transaction.ts";
import type { AcceptPorts } from "../../system/payment/accept.ts";
import { acceptPayment } from "../../system/payment/accept.ts";
import type { Acceptance, TransferRequest } from "../../system/payment/transfer-request.ts";
import type { Mutant } from "./mutant.ts";

/** K1: the key is looked at, what was asked with it is not. */
export const keyBlind: Mutant = {
  id: "K1",
  defect:
    "The payment service answers a request with a key that was used before without comparing what is asked: another request is accepted, and nothing of it ever happens.",
  breaks: "answered",
  parts: () => ({ accept: acceptBlindly }),
};

async function acceptBlindly(ports: AcceptPorts, request: TransferRequest): Promise<Acceptance> {
  const acceptance = await acceptPayment(ports, request);
  if (acceptance.kind !== "key-reused") {
    return acceptance;
  }
  const paymentId = await inTransaction(ports.database, "look-up", async (connection) => {
    const { rows } = await connection.query({
      label: "read-key",
      sql: `SELECT payment_id FROM idempotency_keys WHERE idempotency_key = $1`,
      parameters: [request.idempotencyKey],
    });
    return rows.map((row) => textColumn(row, "payment_id"))[0];
  });
  return paymentId === undefined ? acceptance : { kind: "accepted", paymentId };
}
