import { eventKey, parseEvent, type EventType } from "../../system/domain/events.ts";
import { publisherOf } from "../../system/process/services.ts";
import { allOutboxEvents, eventName, recordName, type Books } from "../books/books.ts";
import type { TopicRecord } from "../world.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const published: SystemPromise = {
  name: "published",
  sentence:
    "Topic and outbox hold the same events: nothing committed stays unsent, nothing uncommitted is sent.",
  judged: "at every record that reaches its topic, and at the end",
  atRecord: (books, record) => uncommitted(books, [record]),
  atEnd: ({ books, records }) => [
    ...uncommitted(books, records),
    ...unsent(books, records),
    ...unwritten(books, records),
  ],
  outOf: ({ books, records }) => [
    { count: allOutboxEvents(books).length, noun: "events" },
    { count: records.length, noun: "records" },
    { count: allDecided(books).length, noun: "decided events" },
  ],
};

function uncommitted(books: Books, records: readonly TopicRecord[]): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const record of records) {
    const id = eventIdOf(record);
    const outbox = books.outboxes.get(publisherOf(record.topic));
    if (id === undefined || outbox?.get(id)?.topic !== record.topic) {
      breaches.push({
        subject: `record ${record.offset} of ${record.topic}, partition ${record.partition}`,
        found: `is on the topic, ${recordName(books, record)}, and no outbox holds its event`,
        noun: "records",
      });
    }
  }
  return breaches;
}

function unsent(books: Books, records: readonly TopicRecord[]): readonly Breach[] {
  const onTopics = new Set(records.map(eventIdOf));
  return allOutboxEvents(books)
    .filter(({ eventId }) => !onTopics.has(eventId))
    .map((event) => ({
      subject: eventName(books, event),
      found: `is in the outbox${event.sent ? ", marked sent" : ""}, and not on the topic`,
    }));
}

/** What was decided and of which no event was ever written down, nor sent. */
function unwritten(books: Books, records: readonly TopicRecord[]): readonly Breach[] {
  const written = new Set(allOutboxEvents(books).map(({ topic, paymentId }) => topic + paymentId));
  const missing = allDecided(books).filter(
    ({ topic, paymentId }) => !written.has(topic + paymentId),
  );
  // Mostly none, so that no record need be read once more.
  const sent = missing.length === 0 ? new Set() : new Set(records.map(contentOf));
  return missing
    .filter(({ topic, paymentId }) => !sent.has(topic + paymentId))
    .map((event) => ({
      subject: eventName(books, event),
      found: "is in no outbox, and not on the topic",
      noun: "decided events",
    }));
}

function contentOf(record: TopicRecord): string | undefined {
  const parsed = parseEvent(record.value);
  return parsed.kind === "event" ? parsed.event.type + eventKey(parsed.event) : undefined;
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

function eventIdOf(record: TopicRecord): string | undefined {
  const parsed = parseEvent(record.value);
  return parsed.kind === "event" ? parsed.event.id : undefined;
}
