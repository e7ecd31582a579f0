import { inTransaction } from "../../system/database/transaction.ts";
import { claimEvent } from "../../system/inbox/claim.ts";
import { appendToOutbox } from "../../system/outbox/append.ts";
import { insertDecision } from "../../system/wallet/decisions.ts";
import {
  transferMoney,
  type CreatedEvent,
  type TransferPorts,
} from "../../system/wallet/transfer.ts";
import type { Mutant } from "./mutant.ts";

const REASON = "insufficient_balance";

/** F3: a fault that passes is told to the client as a refusal of its payment. */
export const hastyRefusal: Mutant = {
  id: "F3",
  defect:
    "Every exception in the wallet becomes payment.failed: a deadlock or a lost connection is reported as a refusal.",
  breaks: "decided-right",
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
export function refuseHastily(ports: TransferPorts, { id, type, trace, payment }: CreatedEvent) {
  const verdictId = ports.entropy.uuid();
  const nowMs = ports.clock.nowMs();
  return inTransaction(ports.database, "transfer", async (connection) => {
    if (!(await claimEvent(connection, { id, topic: type }, nowMs))) {
      return "duplicate" as const;
    }
    await insertDecision(connection, payment.id, { kind: "refuse", reason: REASON }, nowMs);
    const failed = { id: verdictId, atMs: nowMs, trace, paymentId: payment.id };
    await appendToOutbox(connection, { ...failed, type: "payment.failed", reason: REASON });
    return "done" as const;
  });
}
