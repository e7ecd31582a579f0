import { inTransaction } from "../../system/database/transaction.ts";
import { claimEvents, type Taken } from "../../system/inbox/claim.ts";
import { appendToOutbox } from "../../system/outbox/append.ts";
import { insertDecisions } from "../../system/wallet/decisions.ts";
import { transferMoney, type CreatedEvent } from "../../system/wallet/transfer.ts";
import type { WalletPorts } from "../../system/wallet/wallet-ports.ts";
import type { Mutant } from "./mutant.ts";

const REASON = "insufficient_balance";

/** F3: a fault that passes is told to the client as a refusal of its payment. */
export const hastyRefusal: Mutant = {
  id: "F3",
  defect:
    "Every exception in the wallet becomes payment.failed: a deadlock or a lost connection is reported as a refusal.",
  breaks: "decided-right",
  scenario: "shortages",
  parts: () => ({
    async transfer(ports, created) {
      try {
        return await transferMoney(ports, created);
      } catch {
        return refuseHastily(ports, created);
      }
    },
  }),
};

/** A refusal for want of balance, whatever the balance is; a duplicate where one was decided. */
export function refuseHastily(ports: WalletPorts, created: readonly CreatedEvent[]) {
  const nowMs = ports.clock.nowMs();
  return inTransaction(ports.database, "transfer", async (connection) => {
    const areNew = await claimEvents(connection, created, nowMs);
    const fresh = created.filter((_, index) => areNew[index]);
    const refusals = fresh.map(({ payment }) => {
      return { paymentId: payment.id, reason: REASON, receiverOwnerId: null } as const;
    });
    await insertDecisions(connection, refusals, nowMs);
    const failed = fresh.map(({ trace, payment: { id: paymentId } }) => {
      const head = { id: ports.entropy.uuid(), atMs: nowMs, trace };
      return { ...head, type: "payment.failed", paymentId, reason: REASON } as const;
    });
    await appendToOutbox(connection, failed);
    return areNew.map((isNew): Taken => (isNew ? "done" : "duplicate"));
  });
}
