import type { BrokerRecord } from "../ports/broker.ts";
import type { AuditPlace } from "./audit-place.ts";
import { BREAK_CLASSES, type BreakClassName } from "./break-classes.ts";
import { findBreak } from "./break-records.ts";
import { eventsOf } from "./event-records.ts";
import { openSnapshot } from "./snapshot.ts";

export type Repair =
  | { readonly kind: "published"; readonly events: readonly string[] }
  | { readonly kind: "unknown-break" }
  /** It is for a person to mend, or there is nothing to publish. */
  | { readonly kind: "refused"; readonly detail: string };

/**
 * Mends a break by publishing again what the services have written down in their outboxes, word for
 * word: their inboxes know what they have taken in already, so it moves nothing twice. It writes no
 * balance and no status; the next run says whether the break is gone.
 *
 * @throws DatabaseError, BrokerError; asking again is safe
 */
export async function repairBreak(place: AuditPlace, breakId: string): Promise<Repair> {
  const found = await findBreak(place.database, breakId);
  if (found === undefined || found.state !== "open") {
    return { kind: "unknown-break" };
  }
  const paymentId = /^payment (.+)$/.exec(found.subject)?.[1];
  if (!isRepublished(found.class) || paymentId === undefined) {
    const detail = `a break of class ${found.class} is not mended by publishing again`;
    return { kind: "refused", detail };
  }
  const records = await recordsOf(place, paymentId);
  if (records.length === 0) {
    return { kind: "refused", detail: "no outbox has an event of it" };
  }
  await place.producer.send(records.map(({ record }) => record));
  place.telemetry.event("reconciliation.republished", { break: breakId, events: records.length });
  return { kind: "published", events: records.map(({ eventId }) => eventId) };
}

function isRepublished(name: string): boolean {
  return isClass(name) && BREAK_CLASSES[name].repair === "republish";
}

function isClass(name: string): name is BreakClassName {
  return Object.hasOwn(BREAK_CLASSES, name);
}

/** The events of a payment in both outboxes. */
async function recordsOf(
  { sources }: AuditPlace,
  paymentId: string,
): Promise<readonly { readonly eventId: string; readonly record: BrokerRecord }[]> {
  const found = [];
  for (const [database, topics] of [
    [sources.payment, ["payment.created"]],
    [sources.wallet, ["payment.completed", "payment.failed"]],
  ] as const) {
    const snapshot = await openSnapshot(database, "repair");
    try {
      const events = await eventsOf(snapshot, topics, [paymentId]);
      for (const { eventId, topic, key, payload } of events.values()) {
        found.push({ eventId, record: { topic, key, value: payload } });
      }
    } finally {
      await snapshot.close();
    }
  }
  return found;
}
