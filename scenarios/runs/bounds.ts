import { KAFKA_SETTINGS } from "../../system/ports/kafka-settings.ts";
import { lingersMs, outageMs } from "../faults/fault.ts";
import type { Plan } from "../plans/plan.ts";
import { goneAfterMs } from "../promises/kept.ts";
import { HEAL_MS_MIN, SETTLE_MS_MIN } from "../promises/least-bounds.ts";

// Bounds of time of a run, in the world's own milliseconds. Each follows from the plan and from
// what is left to do, and is generous: whoever keeps it is not late, whoever breaks it is stuck.

/** How long a client goes on asking: longer than any outage that the plan makes. */
export function askBoundMs(plan: Plan): number {
  return 60_000 + outagesMs(plan);
}

/** How long the processes have to be up once the faults have stopped. */
export function healBoundMs(plan: Plan): number {
  return HEAL_MS_MIN + outagesMs(plan);
}

/** What the client library and the servers may take beside all that is counted. */
const SLACK_MS = 10_000;
/** A payment is published and consumed twice: as it is created, and as it is decided. */
const HOPS = 2;
/** One batch to the broker and marked as sent; one message with its transaction and its offset. */
const BATCH_MS = 100;
const MESSAGE_MS = 50;

/**
 * How long the system has to come to rest: a dead consumer's session and the rebalance after it
 * pass, every message that is left is relayed in batches and consumed one by one, and one message
 * takes as many attempts as it may. Whole seconds.
 *
 * @param messages What is left: messages to be sent or read
 */
export function restBoundMs({ knobs, faults }: Plan, messages: number): number {
  const sessionsMs = knobs.sessionTimeoutMs * (1 + KAFKA_SETTINGS.sessionsPerRebalance);
  const retriesMs = knobs.consumeAttemptsMax * (knobs.consumeRetryDelayMs + MESSAGE_MS);
  // A relay that died holds the outbox until its lease ends.
  const batchesMs = Math.ceil(messages / knobs.relayBatchMax) * BATCH_MS;
  const relayMs = knobs.relayPollMs + knobs.relayLingerMs + knobs.relayLeaseMs + batchesMs;
  const hopMs = relayMs + messages * MESSAGE_MS + retriesMs;
  // What lingers does so beside the others: every fault has ended by then.
  const lingeringMs = Math.max(0, ...faults.map(lingersMs));
  const boundMs = SLACK_MS + lingeringMs + sessionsMs + HOPS * hopMs;
  return Math.max(SETTLE_MS_MIN, Math.ceil(boundMs / 1_000) * 1_000);
}

/**
 * How long a process may yet say that it is not ready, at rest: a consumer that was restarted joins
 * within a session, and a relay looks again.
 */
export function readyBoundMs({ knobs }: Plan): number {
  return knobs.sessionTimeoutMs + knobs.relayPollMs + SLACK_MS;
}

/** For longer than this nobody waits for what is to be deleted, nor where a relay looks often. */
const PRUNING_MS_MAX = 15_000;
const POLL_MS_MIN = 250;

/** How long all is left at rest, for what was sent to be deleted; 0 where that takes too long. */
export function pruningMs({ knobs }: Plan): number {
  const takesMs = goneAfterMs(knobs) + 1;
  return knobs.relayPollMs < POLL_MS_MIN || takesMs > PRUNING_MS_MAX ? 0 : takesMs;
}

/** As if one fault came after another. */
function outagesMs({ faults }: Plan): number {
  return faults.reduce((sum, fault) => sum + outageMs(fault), 0);
}
