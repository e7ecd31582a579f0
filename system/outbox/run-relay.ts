import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { RelayPorts } from "./relay.ts";

export interface RunRelayPorts extends RelayPorts {
  readonly telemetry: Telemetry;
  /** Is told of an outage with its reason, and with undefined that there is none. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/**
 * Relays until `stopping`: at once again after a full batch, otherwise after a pause. An outage of
 * the database or the broker is waited out, however long: nothing is given up, nothing is marked.
 *
 * @throws Error that does not pass: the relay cannot go on
 */
export async function runRelay(
  ports: RunRelayPorts,
  relay: (ports: RelayPorts, batchMax: number) => Promise<number>,
  pace: { readonly relayBatchMax: number; readonly relayPollMs: number },
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    const published = await relayOnce(ports, relay, pace.relayBatchMax);
    if (published < pace.relayBatchMax) {
      await ports.clock.sleep(pace.relayPollMs, stopping);
    }
  }
}

async function relayOnce(
  ports: RunRelayPorts,
  relay: (ports: RelayPorts, batchMax: number) => Promise<number>,
  batchMax: number,
): Promise<number> {
  try {
    const published = await relay(ports, batchMax);
    ports.onTrouble(undefined);
    return published;
  } catch (error) {
    if (!passes(error)) {
      throw error;
    }
    ports.onTrouble(error.message);
    ports.telemetry.event("relay.outage", { reason: error.message, applied: error.applied });
    return 0;
  }
}
