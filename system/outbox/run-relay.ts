import type { Clock } from "../ports/clock.ts";
import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { OUTBOX_CHANNEL } from "./append.ts";
import type { RelayPorts } from "./relay.ts";

export interface RunRelayPorts extends RelayPorts {
  readonly telemetry: Telemetry;
  /** Is told of an outage with its reason, and with undefined that there is none. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/**
 * Relays until `stopping`: at once again after a full batch, otherwise when something was appended,
 * and after a pause in any case. An outage of the database or the broker is waited out, however
 * long: nothing is given up, nothing is marked.
 *
 * @throws Error that does not pass: the relay cannot go on
 */
export async function runRelay(
  ports: RunRelayPorts,
  relay: (ports: RelayPorts, batchMax: number) => Promise<number>,
  pace: { readonly relayBatchMax: number; readonly relayPollMs: number },
  stopping: AbortSignal,
): Promise<void> {
  const rest = createRest(ports.clock);
  const listening = ports.database.listen(OUTBOX_CHANNEL, rest.end);
  stopping.addEventListener("abort", rest.end, { once: true });
  try {
    while (!stopping.aborted) {
      rest.begin();
      const published = await relayOnce(ports, relay, pace.relayBatchMax);
      if (published === undefined) {
        // Nobody tells when the broker is back.
        await rest.for(Math.min(pace.relayPollMs, OUTAGE_PAUSE_MS));
      } else if (published < pace.relayBatchMax) {
        await rest.for(pace.relayPollMs);
      }
    }
  } finally {
    await listening.close();
  }
}

/** How soon what failed is tried again. */
const OUTAGE_PAUSE_MS = 500;

/** A pause that can be ended before it has begun: what is appended during a batch is not missed. */
function createRest(clock: Clock) {
  let ended = new AbortController();
  return {
    /** From now on `end` counts. */
    begin() {
      ended = new AbortController();
    },
    end: () => ended.abort(),
    for: (delayMs: number) => clock.sleep(delayMs, ended.signal),
  };
}

/** @returns how many were published; undefined for an outage */
async function relayOnce(
  ports: RunRelayPorts,
  relay: (ports: RelayPorts, batchMax: number) => Promise<number>,
  batchMax: number,
): Promise<number | undefined> {
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
    return undefined;
  }
}
