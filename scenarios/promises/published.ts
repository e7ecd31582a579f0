import { parseEvent } from "../../system/domain/events.ts";
import type { Books, OutboxBook } from "../books/books.ts";
import type { TopicRecord } from "../world.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const published: SystemPromise = {
  name: "published",
  sentence:
    "Topic and outbox hold the same events: nothing committed stays unsent, nothing uncommitted is sent.",
  judged: "nothing uncommitted is sent: at every record; both halves at the end",
  atRecord: (books, record) => uncommitted(books, [record]),
  atEnd: ({ books, records }) => [...uncommitted(books, records), ...unsent(books, records)],
  outOf: ({ books }) => ({
    count: books.outboxes.payment.size + books.outboxes.wallet.size,
    noun: "events",
  }),
};

function uncommitted(books: Books, records: readonly TopicRecord[]): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const record of records) {
    const id = eventIdOf(record);
    if (id === undefined || outboxOf(books, record.topic).get(id)?.topic !== record.topic) {
      breaches.push({
        subject: `record ${record.offset} of ${record.topic}, partition ${record.partition}`,
        found: "is on the topic, and no outbox holds its event",
      });
    }
  }
  return breaches;
}

function unsent(books: Books, records: readonly TopicRecord[]): readonly Breach[] {
  const onTopics = new Set(records.map(eventIdOf));
  return [...books.outboxes.payment.values(), ...books.outboxes.wallet.values()]
    .filter(({ eventId }) => !onTopics.has(eventId))
    .map(({ eventId, topic, sent }) => ({
      subject: `event ${eventId}`,
      found: `is in the outbox for ${topic}${sent ? ", marked sent" : ""}, and not on the topic`,
    }));
}

function outboxOf(books: Books, topic: string): ReadonlyMap<string, OutboxBook> {
  return topic === "payment.created" ? books.outboxes.payment : books.outboxes.wallet;
}

function eventIdOf(record: TopicRecord): string | undefined {
  const parsed = parseEvent(record.value);
  return parsed.kind === "event" ? parsed.event.id : undefined;
}
