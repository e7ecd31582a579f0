import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";
import { OUTBOX_CHANNEL } from "./append.ts";
import { releaseOutbox } from "./lease.ts";
import { createOutage } from "./outage.ts";
import { createPruning } from "./prune.ts";
import type { RelayPass, RelayPorts, RelaySettings } from "./relay.ts";

export interface RunRelayPorts extends RelayPorts {
  readonly entropy: Pick<Entropy, "uuid">;
  /** Is told of an outage with its reason, and with undefined that there is none. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/** See `Knobs`. */
export interface RelayPace {
  readonly relayBatchMax: number;
  readonly relayPollMs: number;
  readonly relayLingerMs: number;
  readonly relayLeaseMs: number;
  readonly relayAttemptsMax: number;
  readonly outboxKeptSeconds: number;
}

type Relay = (ports: RelayPorts, settings: RelaySettings) => Promise<RelayPass>;

/**
 * Relays until `stopping`: at once again after a full batch, otherwise a moment after something was
 * appended, so that what is appended next goes along, and after a pause in any case. An outage of
 * the database or the broker is waited out, however long: nothing is given up, nothing is marked.
 * When it is to stop, it publishes what is there, and hands the outbox over.
 *
 * @throws Error that does not pass: the relay cannot go on
 */
export async function runRelay(
  ports: RunRelayPorts,
  relay: Relay,
  pace: RelayPace,
  stopping: AbortSignal,
): Promise<void> {
  const { database, clock } = ports;
  const settings = {
    holder: ports.entropy.uuid(),
    batchMax: pace.relayBatchMax,
    leaseMs: pace.relayLeaseMs,
    attemptsMax: pace.relayAttemptsMax,
  };
  const waitedOut = createOutage(ports);
  const pruning = createPruning(ports, pace.outboxKeptSeconds * 1_000);
  const rest = createRest(clock);
  const listening = database.listen(OUTBOX_CHANNEL, rest.end);
  stopping.addEventListener("abort", rest.end, { once: true });
  try {
    while (!stopping.aborted) {
      rest.begin();
      const pass = await waitedOut(async () => {
        const done = await relay(ports, settings);
        await pruning.pruneWhenDue();
        return done;
      });
      switch (pass?.next.kind) {
        case "more":
          break;
        case "appended":
          await rest.for(pace.relayPollMs);
          await linger(clock, pace.relayLingerMs, stopping);
          break;
        case "held":
          // What is appended meanwhile is the holder's.
          await clock.sleep(Math.min(pass.next.leftMs, pace.relayPollMs), stopping);
          break;
        case "refused":
        case undefined:
          // Nobody tells when the broker is back, or thinks otherwise.
          await clock.sleep(Math.min(pace.relayPollMs, RETRY_MS), stopping);
          break;
      }
    }
    await drain(ports, waitedOut, relay, settings);
  } finally {
    await listening.close();
  }
}

async function linger(clock: Clock, lingerMs: number, stopping: AbortSignal): Promise<void> {
  if (lingerMs > 0) {
    await clock.sleep(lingerMs, stopping);
  }
}

/** How soon what failed is tried again. */
const RETRY_MS = 500;

/** How long what is in the outbox at the end is published; what is left then is sent later. */
const DRAIN_MS_MAX = 5_000;

async function drain(
  ports: RunRelayPorts,
  waitedOut: ReturnType<typeof createOutage>,
  relay: Relay,
  settings: RelaySettings,
): Promise<void> {
  const deadlineAtMs = ports.clock.nowMs() + DRAIN_MS_MAX;
  let pass: RelayPass | undefined;
  do {
    pass = await waitedOut(() => relay(ports, settings));
  } while (pass?.next.kind === "more" && ports.clock.nowMs() < deadlineAtMs);
  await waitedOut(() => releaseOutbox(ports.database, settings.holder));
}

/** A pause that can be ended before it has begun: what is appended during a batch is not missed. */
function createRest(clock: Clock) {
  let ended = new AbortController();
  return {
    /** From now on `end` counts. */
    begin() {
      ended = new AbortController();
    },
    // With a reason, since making one takes longer than all of this.
    end: () => ended.abort("woken"),
    for: (delayMs: number) => clock.sleep(delayMs, ended.signal),
  };
}
