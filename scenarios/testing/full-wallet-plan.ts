import type { Plan } from "../plans/plan.ts";
import { samplePlan, sampleTransfer } from "./sample-plan.ts";

/**
 * The wallet `rich` holds all that a balance can hold. Salim sends it a baisa, and after that
 * twelve payments to Fatma, p10 to p21, over all partitions.
 */
export function fullWalletPlan(): Plan {
  return samplePlan({
    wallets: [
      { id: "rich", funding: "1000000000000.000", currency: "OMR" },
      { id: "salim", funding: "20.000", currency: "OMR" },
      { id: "fatma", funding: "0.000", currency: "OMR" },
    ],
    commands: [
      sampleTransfer({ idempotencyKey: "full", receiverWalletId: "rich", amount: "0.001" }),
      ...Array.from({ length: 12 }, (_, index) =>
        sampleTransfer({ atMs: 200 + index * 50, idempotencyKey: `p${index + 10}` }),
      ),
    ],
  });
}
