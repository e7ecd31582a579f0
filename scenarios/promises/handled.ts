import { eventKey } from "../../system/domain/events.ts";
import { CONSUMER_GROUPS, serviceOf, type ServiceName } from "../../system/process/services.ts";
import {
  eventName,
  isStray,
  outboxEvent,
  paymentName,
  recordName,
  type Books,
  type PlacedRecord,
  type Touched,
} from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const handled: SystemPromise = {
  name: "handled",
  sentence:
    "Every event sent is claimed exactly once by its consumer, in the transaction that has its effect; what is no event is set aside, and nothing else.",
  judged: "at every commit, whether what is claimed has its effect; at the end, every record",
  atCommit: (books, touched) => judgeClaims(books, touched),
  atEnd: ({ books }) => [
    ...[...books.placed.values()].flatMap((placed) => judgeRecord(books, placed)),
    ...strayClaims(books),
  ],
  outOf: ({ books }) => [
    { count: books.placed.size, noun: "records" },
    { count: [...books.inboxes.values()].reduce((sum, { size }) => sum + size, 0), noun: "claims" },
  ],
};

/** The service that consumes a topic. */
const CONSUMERS: ReadonlyMap<string, ServiceName> = new Map(
  CONSUMER_GROUPS.flatMap(({ group, topics }) =>
    topics.map((topic): readonly [string, ServiceName] => [topic, serviceOf(group)]),
  ),
);

function judgeClaims(books: Books, { service, claims }: Touched): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of claims) {
    const sent = outboxEvent(books, id);
    const topic = books.inboxes.get(service)?.get(id);
    if (sent === undefined && isAbsorbedStray(books, service, id)) {
      continue;
    }
    if (sent === undefined || sent.topic !== topic || CONSUMERS.get(sent.topic) !== service) {
      const found = `is claimed by the ${service} service from ${topic}, and nobody sent it that`;
      breaches.push({ subject: `event ${id}`, found, noun: "claims" });
    } else if (!hasEffect(books, sent)) {
      const found = `is claimed by the ${service} service, and has no effect there`;
      breaches.push({ subject: eventName(books, sent), found, noun: "claims" });
    }
  }
  return breaches;
}

/** What is claimed is decided, or settled, in the same commit or before. */
function hasEffect(books: Books, { topic, paymentId }: { topic: string; paymentId: string }) {
  return topic === "payment.created"
    ? books.movements.get(paymentId)?.decision !== undefined
    : (books.payments.get(paymentId)?.status ?? "PENDING") !== "PENDING";
}

function judgeRecord(books: Books, { record, event }: PlacedRecord): readonly Breach[] {
  const service = CONSUMERS.get(record.topic) ?? "wallet";
  const place = `${record.topic}/${record.partition}/${record.offset}`;
  const reason = books.setAside.get(service)?.get(place);
  const claimed = event === undefined ? undefined : books.inboxes.get(service)?.get(event.id);
  const isOurs =
    event !== undefined &&
    isSent(books, event.id, record.topic) &&
    !isStray(books, { record, event });
  const found = isOurs
    ? foundOfEvent(claimed, record.topic, reason)
    : reason === undefined && !isAbsorbedStray(books, service, event?.id ?? "")
      ? "is no event that was ever committed, and was not set aside"
      : undefined;
  return found === undefined
    ? []
    : [{ subject: `${recordName(books, record)} (offset ${record.offset})`, found }];
}

function foundOfEvent(
  claimed: string | undefined,
  topic: string,
  reason: string | undefined,
): string | undefined {
  if (claimed !== topic) {
    return claimed === undefined ? "was never claimed" : `was claimed as one of ${claimed}`;
  }
  return reason === undefined ? undefined : `was set aside: ${reason}`;
}

/**
 * A stranger's verdict of a payment that has one already is taken in and changes nothing: it is an
 * event as good as any, and comes too late.
 */
function isAbsorbedStray(books: Books, service: ServiceName, id: string): boolean {
  const topic = books.inboxes.get(service)?.get(id);
  if (topic === undefined || topic === "payment.created" || outboxEvent(books, id) !== undefined) {
    return false;
  }
  const stray = [...books.placed.values()].find(({ event }) => event?.id === id);
  const payment = stray?.event && books.payments.get(eventKey(stray.event));
  return (
    stray !== undefined &&
    isStray(books, stray) &&
    stray.record.topic === topic &&
    payment !== undefined &&
    payment.status !== "PENDING"
  );
}

function isSent(books: Books, eventId: string, topic: string): boolean {
  return outboxEvent(books, eventId)?.topic === topic;
}

/** What is claimed and on no topic. */
function strayClaims(books: Books): readonly Breach[] {
  const sent = new Set([...books.placed.values()].map(({ event }) => event?.id));
  return [...books.inboxes].flatMap(([service, claims]) =>
    [...claims]
      .filter(([id]) => !sent.has(id))
      .map(([id, topic]) => ({
        subject: claimName(books, id, topic),
        found: `is claimed by the ${service} service, and on no topic`,
        noun: "claims",
      })),
  );
}

function claimName(books: Books, eventId: string, topic: string): string {
  const sent = outboxEvent(books, eventId);
  return sent?.event === undefined
    ? `event ${eventId} of ${topic}`
    : `${sent.topic} of ${paymentName(books, eventKey(sent.event))}`;
}
