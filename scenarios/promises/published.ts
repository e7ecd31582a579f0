import { eventKey, type EventType } from "../../system/domain/events.ts";
import { publisherOf } from "../../system/process/services.ts";
import {
  allOutboxEvents,
  eventName,
  isStray,
  recordName,
  type Books,
  type PlacedRecord,
} from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const published: SystemPromise = {
  name: "published",
  sentence:
    "Topic and outbox hold the same events: nothing committed stays unsent, nothing uncommitted is sent.",
  judged: "at every record that reaches its topic, and at the end",
  atRecord: (books, placed) => uncommitted(books, [placed]),
  atEnd: ({ books }) => {
    const placed = [...books.placed.values()];
    return [...uncommitted(books, placed), ...unsent(books, placed), ...unwritten(books, placed)];
  },
  outOf: ({ books }) => [
    { count: allOutboxEvents(books).length, noun: "events" },
    { count: books.placed.size, noun: "records" },
    { count: allDecided(books).length, noun: "decided events" },
  ],
};

function uncommitted(books: Books, placed: readonly PlacedRecord[]): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const { record, event } of placed.filter((each) => !isStray(books, each))) {
    const outbox = books.outboxes.get(publisherOf(record.topic));
    const committed = event === undefined ? undefined : outbox?.get(event.id);
    const found =
      committed?.topic !== record.topic
        ? `is on the topic, ${recordName(books, record)}, and no outbox holds its event`
        : committed.payload !== record.value || committed.key !== record.key
          ? `is on the topic, ${recordName(books, record)}, and its outbox row says something else`
          : undefined;
    if (found !== undefined) {
      const subject = `record ${record.offset} of ${record.topic}, partition ${record.partition}`;
      breaches.push({ subject, found, noun: "records" });
    }
  }
  return breaches;
}

function unsent(books: Books, placed: readonly PlacedRecord[]): readonly Breach[] {
  const own = placed.filter((each) => !isStray(books, each));
  const onTopics = new Set(own.map(({ event }) => event?.id));
  return allOutboxEvents(books)
    .filter(({ eventId }) => !onTopics.has(eventId))
    .map((event) => ({
      subject: eventName(books, event),
      found: `is in the outbox${event.sent ? ", marked sent" : ""}, and not on the topic`,
    }));
}

/** What was decided and of which no event was ever written down, nor sent. */
function unwritten(books: Books, placed: readonly PlacedRecord[]): readonly Breach[] {
  const written = new Set(allOutboxEvents(books).map(({ topic, paymentId }) => topic + paymentId));
  const missing = allDecided(books).filter(
    ({ topic, paymentId }) => !written.has(topic + paymentId),
  );
  // Mostly none, so that no record need be read once more.
  const own = missing.length === 0 ? [] : placed.filter((each) => !isStray(books, each));
  const sent = new Set(own.map(contentOf));
  return missing
    .filter(({ topic, paymentId }) => !sent.has(topic + paymentId))
    .map((event) => ({
      subject: eventName(books, event),
      found: "is in no outbox, and not on the topic",
      noun: "decided events",
    }));
}

function contentOf({ event }: PlacedRecord): string | undefined {
  return event === undefined ? undefined : event.type + eventKey(event);
}

/** The event of each payment that was accepted, and of each that the wallet decided. */
function allDecided(
  books: Books,
): readonly { readonly topic: EventType; readonly paymentId: string }[] {
  const created = [...books.payments.keys()].map((paymentId) => ({
    topic: "payment.created" as const,
    paymentId,
  }));
  const verdicts = [...books.movements].flatMap(([paymentId, { decision }]) =>
    decision === undefined ? [] : [{ topic: verdictTopic(decision.outcome), paymentId }],
  );
  return [...created, ...verdicts];
}

function verdictTopic(outcome: string): EventType {
  return outcome === "refused" ? "payment.failed" : "payment.completed";
}
