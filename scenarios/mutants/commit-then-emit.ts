import { inTransaction } from "../../system/database/transaction.ts";
import { encodeEvent } from "../../system/domain/events.ts";
import type { AcceptPorts } from "../../system/payment/accept.ts";
import { answersFromKeys, demandAnswer, keyOfTransfer } from "../../system/payment/idempotency.ts";
import type { Acceptance, TransferRequest } from "../../system/payment/transfer-request.ts";
import type { Producer } from "../../system/ports/broker.ts";
import type { Mutant } from "./mutant.ts";

/** F0, the seed document's own finding: no outbox; the event is sent after the commit. */
export const commitThenEmit: Mutant = {
  id: "F0",
  defect:
    "The payment service commits the payment, then emits payment.created, with no outbox between: a crash in between loses the event.",
  breaks: "ends",
  scenario: "transfer",
  parts({ broker }) {
    const producer = once(() => broker.connectProducer());
    return {
      accept: (ports, requests) =>
        Promise.all(requests.map((request) => acceptThenEmit(ports, producer, request))),
    };
  },
};

async function acceptThenEmit(
  ports: AcceptPorts,
  producer: () => Promise<Producer>,
  request: TransferRequest,
): Promise<Acceptance> {
  const { principalId, senderWalletId, receiverWalletId, money } = request;
  const order = { orderedBy: principalId, orderedAs: "owner" } as const;
  const payment = { id: ports.entropy.uuid(), senderWalletId, receiverWalletId, money, ...order };
  const head = { id: ports.entropy.uuid(), atMs: ports.clock.nowMs(), trace: request.trace };

  const acceptance = await inTransaction(ports.database, "accept", async (connection) => {
    const keyed = keyOfTransfer(request);
    const { rowCount } = await connection.query({
      label: "claim-key",
      sql: `INSERT INTO idempotency_keys
         (principal_id, idempotency_key, request_fingerprint, payment_id)
       VALUES ($1, $2, $3, $4) ON CONFLICT (principal_id, idempotency_key) DO NOTHING`,
      parameters: [principalId, keyed.idempotencyKey, keyed.fingerprint, payment.id],
    });
    if (rowCount === 0) {
      return demandAnswer(await answersFromKeys(connection, [keyed]), keyed);
    }
    await connection.query({
      label: "record-payments",
      sql: `INSERT INTO payments
         (id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, accepted_at_ms,
          ordered_by, ordered_as, sender_owner_id)
       VALUES ($1, $2, $3, $4, $5, 'PENDING', $6, $7, 'owner', $7)`,
      parameters: [
        ...[payment.id, senderWalletId, receiverWalletId, money.amountMinor, money.currency],
        ...[head.atMs, principalId],
      ],
    });
    return { kind: "accepted", paymentId: payment.id } as const;
  });
  if (acceptance.kind === "accepted" && acceptance.paymentId === payment.id) {
    const value = encodeEvent({ ...head, type: "payment.created", payment });
    await (await producer()).send([{ topic: "payment.created", key: payment.id, value }]);
  }
  return acceptance;
}

/** The same value for every call; asked for again only after it could not be had. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
