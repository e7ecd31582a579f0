import { eventWords, parseEvent, type Event, type ParsedEvent } from "../domain/events.ts";
import { BrokerError, type Delivery } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import { DatabaseError, type Database } from "../ports/database.ts";
import { messageOf } from "../ports/message-of.ts";
import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { setAside } from "./set-aside.ts";

export interface ConsumePorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export interface RetryLimits {
  readonly attemptsMax: number;
  readonly delayMs: number;
  /** Aborted when the process is to stop: then nothing is tried again. */
  readonly stopping: AbortSignal;
}

/**
 * Takes one message in: `handle` claims the event and has its effect in one transaction, then the
 * offset is committed. In this order a crash in between brings the message again, and the claim
 * recognises it; committing the offset first would lose it.
 *
 * An error that passes is tried again up to the limit: its effect may be unknown, and the inbox is
 * what knows. It never becomes a refusal of the payment. Past the limit, or when the process is to
 * stop, it is thrown, nothing is committed, and the broker brings the message again.
 *
 * A message that is not an event of ours, and one whose handling fails with an error that would
 * come again on the same message, is set aside with its reason, and the partition goes on.
 *
 * @throws DatabaseError, BrokerError that may pass
 */
export async function consume(
  ports: ConsumePorts,
  limits: RetryLimits,
  delivery: Delivery,
  handle: (event: Event) => Promise<"done" | "duplicate">,
): Promise<void> {
  const parsed = readDelivery(delivery);
  const reason =
    parsed.kind === "unreadable"
      ? parsed.reason
      : await retrying(ports, limits, () => attempt(ports, parsed.event, handle));
  if (reason !== undefined) {
    await retrying(ports, limits, () => setAside(ports, delivery, reason));
    const { topic, partition, offset } = delivery;
    ports.telemetry.event("inbox.set-aside", { topic, partition, offset, reason });
  }
  await commitOffset(ports, delivery);
}

/** @returns why the event has to be set aside; undefined when it was taken in */
async function attempt(
  ports: ConsumePorts,
  event: Event,
  handle: (event: Event) => Promise<"done" | "duplicate">,
): Promise<string | undefined> {
  try {
    const outcome = await handle(event);
    ports.telemetry.event(`inbox.${outcome}`, eventWords(event));
    return undefined;
  } catch (error) {
    if (passes(error)) {
      throw error;
    }
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof DatabaseError) {
    return `the database refused it with ${error.code}: ${error.message}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** A topic carries one type of event and is named after it. */
function readDelivery(delivery: Delivery): ParsedEvent {
  const parsed = parseEvent(delivery.value);
  if (parsed.kind === "event" && parsed.event.type !== delivery.topic) {
    const reason = `an event of type ${parsed.event.type} does not belong on ${delivery.topic}`;
    return { kind: "unreadable", reason };
  }
  return parsed;
}

async function retrying<T>(
  ports: ConsumePorts,
  limits: RetryLimits,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      const code = error instanceof DatabaseError ? error.code : "";
      const reason = messageOf(error);
      if (!passes(error) || attempts >= limits.attemptsMax || limits.stopping.aborted) {
        ports.telemetry.event("inbox.left", { code, reason, attempts });
        throw error;
      }
      const { applied } = error;
      ports.telemetry.event("inbox.retry", { code, reason, applied, attempts });
      await ports.clock.sleep(limits.delayMs, limits.stopping);
    }
  }
}

async function commitOffset(ports: ConsumePorts, delivery: Delivery): Promise<void> {
  try {
    await delivery.commit();
  } catch (error) {
    if (!(error instanceof BrokerError)) {
      throw error;
    }
    // The effect is committed; at worst the message comes again and the inbox recognises it.
    ports.telemetry.event("inbox.offset-not-committed", { reason: error.message });
  }
}
