import { inRetriedTransaction } from "../database/transaction.ts";
import type { EventHead } from "../domain/events.ts";
import type { Payment } from "../domain/payment.ts";
import { appendToOutbox } from "../outbox/append.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connection, Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { answerFromKey, claimKey, keyOfTransfer, RequestInProgress } from "./idempotency.ts";
import { insertPayment } from "./records.ts";
import type { Acceptance, TransferRequest } from "./transfer-request.ts";

export interface AcceptPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly telemetry: Telemetry;
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
  const head = { id: ports.entropy.uuid(), atMs: ports.clock.nowMs(), trace: request.trace };
  const keyed = keyOfTransfer(request);

  return orInProgress(() =>
    inRetriedTransaction(ports, "accept", async (connection) => {
      if (!(await claimKey(connection, keyed, payment.id))) {
        return answerFromKey(connection, keyed);
      }
      return recordPayment(connection, { payment, head, reverses: null });
    }),
  );
}

/** Writes an accepted payment and its event, in the caller's transaction. */
export async function recordPayment(
  connection: Connection,
  accepted: {
    readonly payment: Payment;
    readonly head: EventHead;
    /** The id of the payment that it gives back. */
    readonly reverses: string | null;
  },
): Promise<Acceptance> {
  const { payment, head, reverses } = accepted;
  await insertPayment(connection, payment, reverses, head.atMs);
  await appendToOutbox(connection, [{ ...head, type: "payment.created", payment }]);
  return { kind: "accepted", paymentId: payment.id };
}

/** Answers `in-progress` where the key of a request was waited for in vain. */
export async function orInProgress<T>(
  accept: () => Promise<T>,
): Promise<T | { readonly kind: "in-progress" }> {
  try {
    return await accept();
  } catch (error) {
    if (error instanceof RequestInProgress) {
      return { kind: "in-progress" };
    }
    throw error;
  }
}
