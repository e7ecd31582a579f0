import { inTransaction } from "../database/transaction.ts";
import { appendToOutbox } from "../outbox/append.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import { answerFromKey, claimKey } from "./idempotency.ts";
import { insertPayment } from "./records.ts";
import type { Acceptance, TransferRequest } from "./transfer-request.ts";

export interface AcceptPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/**
 * Step 1 of the saga: in one transaction, the client's key is claimed, the payment recorded as
 * PENDING and its event appended to the outbox. Asked again with the same key, it answers the
 * payment that is there.
 *
 * @throws DatabaseError; with `applied` unknown the payment may be there, and asking again tells
 */
export async function acceptPayment(
  ports: AcceptPorts,
  request: TransferRequest,
): Promise<Acceptance> {
  const { senderWalletId, receiverWalletId, money } = request;
  const payment = { id: ports.entropy.uuid(), senderWalletId, receiverWalletId, money };
  const eventId = ports.entropy.uuid();
  const nowMs = ports.clock.nowMs();

  return inTransaction(ports.database, "accept", async (connection) => {
    if (!(await claimKey(connection, request, payment.id))) {
      return answerFromKey(connection, request);
    }
    await insertPayment(connection, payment, nowMs);
    await appendToOutbox(connection, { id: eventId, type: "payment.created", payment }, nowMs);
    return { kind: "accepted", paymentId: payment.id };
  });
}
