import type { Knobs } from "../../system/process/knobs.ts";
import type { Topology } from "./topology.ts";

/**
 * Everything that one run does, as data. The same plan runs in both worlds; in the simulated one,
 * the same plan gives the same trace hash.
 */
export interface Plan {
  readonly scenario: string;
  /** Seed of the schedule: latencies, which of two ready events goes first, identifiers. */
  readonly seed: number;
  /** Opened, in this order, before the first command. */
  readonly wallets: readonly WalletOpening[];
  /** In the order of their times. */
  readonly commands: readonly TransferCommand[];
  readonly faults: readonly CrashFault[];
  readonly topology: Topology;
  readonly knobs: Knobs;
  /** The known-bad variant whose parts replace the services', or null. */
  readonly mutant: string | null;
}

export interface WalletOpening {
  readonly id: string;
  /** A decimal string in `currency`. */
  readonly funding: string;
  readonly currency: string;
}

/** A client asks for a transfer. It asks again, with the same key, until it has an answer. */
export interface TransferCommand {
  /** Milliseconds after the wallets are open. */
  readonly atMs: number;
  readonly idempotencyKey: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  readonly amount: string;
  readonly currency: string;
}

/** A process dies at a named effect, and comes back after a delay. */
export interface CrashFault {
  readonly kind: "crash";
  /** For example `payment-1/payment-db/accept.commit#3`; see `faults/effect-gate.ts`. */
  readonly effect: string;
  /**
   * `before`: the request never leaves. `after`: it took effect, and the process never learns of
   * it.
   */
  readonly when: "before" | "after";
  readonly restartAfterMs: number;
}
