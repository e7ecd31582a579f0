import { relayOutbox } from "../outbox/relay.ts";
import { acceptPayments } from "../payment/accept.ts";
import { settlePayments } from "../payment/settle.ts";
import { transferMoney } from "../wallet/transfer.ts";

/** The saga as a record of parts, in reading order: what a process runs, what a mutant replaces. */
export interface Parts {
  /** Step 1, payment. */
  readonly accept: typeof acceptPayments;
  /** Steps 2 and 4, both services. */
  readonly relay: typeof relayOutbox;
  /** Step 3, wallet. */
  readonly transfer: typeof transferMoney;
  /** Step 5, payment. */
  readonly settle: typeof settlePayments;
}

/** The parts as they ship. */
export const shippedParts: Parts = {
  accept: acceptPayments,
  relay: relayOutbox,
  transfer: transferMoney,
  settle: settlePayments,
};
