import { parseEvent, type Event, type ParsedEvent } from "../domain/events.ts";
import { BrokerError, type Delivery } from "../ports/broker.ts";
import type { Clock } from "../ports/clock.ts";
import { DatabaseError, type Database } from "../ports/database.ts";
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
}

/**
 * Takes one message in: `handle` claims the event and has its effect in one transaction, then the
 * offset is committed. In this order a crash in between brings the message again, and the claim
 * recognises it; committing the offset first would lose it.
 *
 * An error of the database is tried again up to the limit: its effect may be unknown, and the inbox
 * is what knows. It never becomes a refusal of the payment. Past the limit it is thrown, nothing is
 * committed, and the broker brings the message again.
 *
 * A message that is not an event of ours is set aside with its reason, and the partition goes on.
 */
export async function consume(
  ports: ConsumePorts,
  limits: RetryLimits,
  delivery: Delivery,
  handle: (event: Event) => Promise<"done" | "duplicate">,
): Promise<void> {
  const parsed = readDelivery(delivery);
  await retrying(ports, limits, async () => {
    if (parsed.kind === "unreadable") {
      ports.telemetry.event("inbox.set-aside", { topic: delivery.topic, reason: parsed.reason });
      await setAside(ports, delivery, parsed.reason);
    } else {
      const outcome = await handle(parsed.event);
      ports.telemetry.event(`inbox.${outcome}`, { eventId: parsed.event.id });
    }
  });
  await commitOffset(ports, delivery);
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

async function retrying(
  ports: ConsumePorts,
  limits: RetryLimits,
  attempt: () => Promise<void>,
): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof DatabaseError) || attempts >= limits.attemptsMax) {
        throw error;
      }
      ports.telemetry.event("inbox.retry", { code: error.code, applied: error.applied, attempts });
      await ports.clock.sleep(limits.delayMs);
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
