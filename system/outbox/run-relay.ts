import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import type { RelayPorts } from "./relay.ts";

/**
 * Relays until `stopping`: at once again after a full batch, otherwise after a pause. An outage of
 * the database or the broker is waited out, however long: nothing is given up, nothing is marked.
 *
 * @throws Error that does not pass: the relay cannot go on
 */
export async function runRelay(
  ports: RelayPorts & { readonly telemetry: Telemetry },
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
  ports: RelayPorts & { readonly telemetry: Telemetry },
  relay: (ports: RelayPorts, batchMax: number) => Promise<number>,
  batchMax: number,
): Promise<number> {
  try {
    return await relay(ports, batchMax);
  } catch (error) {
    if (!passes(error)) {
      throw error;
    }
    ports.telemetry.event("relay.outage", { reason: error.message, applied: error.applied });
    return 0;
  }
}
