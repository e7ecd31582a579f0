import type { Plan } from "../scenarios/plans/plan.ts";
import { ONE_PROCESS_EACH } from "../scenarios/plans/topology.ts";
import { DEFAULT_KNOBS } from "../system/process/knobs.ts";

const WALLETS = ["fatma", "khalid", "noor", "maryam"] as const;
const SECONDS = 60;
export const PAYMENTS_A_SECOND = 10;
const SPARSE_PAYMENTS = 20;

/** Ten payments a second for a minute between four wallets; a service dies half-way. */
export function busyPlan(seed: number): Plan {
  return steadyPlan(seed, SECONDS * PAYMENTS_A_SECOND);
}

/** The same with twenty payments in that minute. */
export function sparsePlan(seed: number): Plan {
  return steadyPlan(seed, SPARSE_PAYMENTS);
}

function steadyPlan(seed: number, payments: number): Plan {
  const gapMs = (SECONDS * 1_000) / payments;
  const halfWay = payments / 2;
  const wallet = (index: number) => WALLETS[index % WALLETS.length] ?? WALLETS[0];
  return {
    scenario: "transfer",
    seed,
    wallets: WALLETS.map((id) => ({ id, funding: "1000.000", currency: "OMR" })),
    commands: Array.from({ length: payments }, (_, index) => ({
      kind: "transfer",
      expects: "accepted",
      atMs: index * gapMs,
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
              ? `payment-1/payment-db/accept.commit#${halfWay}`
              : `wallet-1/wallet-db/transfer.commit#${halfWay}`,
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
