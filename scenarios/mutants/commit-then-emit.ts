import { inTransaction } from "../../system/database/transaction.ts";
import { encodeEvent } from "../../system/domain/events.ts";
import type { AcceptPorts } from "../../system/payment/accept.ts";
import {
  answersFromKeys,
  claimKeys,
  demandAnswer,
  keyOfTransfer,
} from "../../system/payment/idempotency.ts";
import { insertPayments, linksOfTransfer } from "../../system/payment/records.ts";
import type { Acceptance, TransferRequest } from "../../system/payment/transfer-request.ts";
import type { Producer } from "../../system/ports/broker.ts";
import type { Mutant } from "./mutant.ts";

/** F0, the seed document's own finding: no outbox; the event is sent after the commit. */
export const commitThenEmit: Mutant = {
  id: "F0",
  defect:
    "The payment service commits the payment, then emits payment.created, with no outbox between: a crash in between loses the event.",
  breaks: "ends",
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
    const keyed = { ...keyOfTransfer(request), payment };
    const [isNew] = await claimKeys(connection, [keyed]);
    if (isNew !== true) {
      return demandAnswer(await answersFromKeys(connection, [keyed]), keyed);
    }
    const links = linksOfTransfer(principalId);
    await insertPayments(connection, [{ payment, links, atMs: head.atMs }]);
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
