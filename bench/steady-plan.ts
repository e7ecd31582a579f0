import type { Plan } from "../scenarios/plans/plan.ts";
import { ONE_PROCESS_EACH } from "../scenarios/plans/topology.ts";
import { DEFAULT_KNOBS } from "../system/process/knobs.ts";

const WALLETS = ["fatma", "khalid", "noor", "maryam"] as const;
const PAYMENTS = 600;
const GAP_MS = 100;

/** Ten payments a second for a minute between four wallets; a service dies half-way. */
export function steadyPlan(seed: number): Plan {
  const wallet = (index: number) => WALLETS[index % WALLETS.length] ?? WALLETS[0];
  return {
    scenario: "transfer",
    seed,
    wallets: WALLETS.map((id) => ({ id, funding: "1000.000", currency: "OMR" })),
    commands: Array.from({ length: PAYMENTS }, (_, index) => ({
      kind: "transfer",
      expects: "accepted",
      atMs: index * GAP_MS,
      idempotencyKey: `p${index + 1}`,
      senderWalletId: wallet(index),
      receiverWalletId: wallet(index + 1 + (index % 3)),
      amount: "0.125",
      currency: "OMR",
    })),
    faults: [
      {
        kind: "crash",
        trigger: {
          on: "effect",
          effect:
            seed % 2 === 0
              ? "payment-1/payment-db/accept.commit#300"
              : "wallet-1/wallet-db/transfer.commit#300",
          side: "after",
        },
        restartAfterMs: 500,
      },
    ],
    topology: ONE_PROCESS_EACH,
    knobs: DEFAULT_KNOBS,
    schedule: { kind: "random", seed, windowUs: 0 },
    mutant: null,
  };
}
