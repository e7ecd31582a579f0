import { DEFAULT_KNOBS } from "../../system/process/knobs.ts";
import type { CrashFault } from "../faults/kinds/crash.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import type { Plan } from "../plans/plan.ts";
import { ONE_PROCESS_EACH } from "../plans/topology.ts";

/** A plan for tests: Salim with 10 OMR, Fatma with none, nothing asked, no fault. */
export function samplePlan(change: Partial<Plan> = {}): Plan {
  return {
    scenario: "transfer",
    seed: 1,
    wallets: [
      { id: "salim", funding: "10.000", currency: "OMR" },
      { id: "fatma", funding: "0.000", currency: "OMR" },
    ],
    commands: [],
    faults: [],
    topology: ONE_PROCESS_EACH,
    knobs: DEFAULT_KNOBS,
    schedule: { kind: "random", seed: 1, windowUs: 0 },
    mutant: null,
    ...change,
  };
}

/** Salim asks to send 1 OMR to Fatma, as p1, at once. */
export function sampleTransfer(change: Partial<TransferCommand> = {}): TransferCommand {
  return {
    kind: "transfer",
    atMs: 0,
    idempotencyKey: "p1",
    senderWalletId: "salim",
    receiverWalletId: "fatma",
    amount: "1.000",
    currency: "OMR",
    expects: "accepted",
    ...change,
  };
}

export function crashAt(
  effect: string,
  side: "before" | "after",
  restartAfterMs = 300,
): CrashFault {
  return { kind: "crash", trigger: { on: "effect", effect, side }, restartAfterMs };
}
