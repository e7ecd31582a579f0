import type { Knobs } from "../../system/process/knobs.ts";
import type { Fault } from "../faults/fault.ts";
import type { Command } from "./commands/command.ts";
import type { Schedule } from "./schedule.ts";
import type { Topology } from "./topology.ts";

/**
 * Everything that one run does, as data. The same plan runs in both worlds; in the simulated one,
 * the same plan gives the same trace hash.
 */
export interface Plan {
  readonly scenario: string;
  /** Seed of the world: latencies, identifiers, and whatever else it draws. */
  readonly seed: number;
  /** Opened, in this order, before the load begins. */
  readonly wallets: readonly WalletOpening[];
  /** In the order of their times. */
  readonly commands: readonly Command[];
  readonly faults: readonly Fault[];
  readonly topology: Topology;
  readonly knobs: Knobs;
  readonly schedule: Schedule;
  /** The known-bad variant whose parts replace the services', or null. */
  readonly mutant: string | null;
}

export interface WalletOpening {
  readonly id: string;
  /** A decimal string in `currency`. */
  readonly funding: string;
  readonly currency: string;
}

/** The command that opens a wallet before the load. */
export function openingCommand(opening: WalletOpening): Command {
  return { kind: "open-wallet", atMs: 0, expects: "accepted", ...opening };
}
