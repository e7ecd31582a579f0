import { parseEvent } from "../../system/domain/events.ts";
import { publisherOf } from "../../system/process/services.ts";
import { allOutboxEvents, type Books } from "../books/books.ts";
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
    count: allOutboxEvents(books).length,
    noun: "events",
  }),
};

function uncommitted(books: Books, records: readonly TopicRecord[]): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const record of records) {
    const id = eventIdOf(record);
    const outbox = books.outboxes.get(publisherOf(record.topic));
    if (id === undefined || outbox?.get(id)?.topic !== record.topic) {
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
  return allOutboxEvents(books)
    .filter(({ eventId }) => !onTopics.has(eventId))
    .map(({ eventId, topic, sent }) => ({
      subject: `event ${eventId}`,
      found: `is in the outbox for ${topic}${sent ? ", marked sent" : ""}, and not on the topic`,
    }));
}

function eventIdOf(record: TopicRecord): string | undefined {
  const parsed = parseEvent(record.value);
  return parsed.kind === "event" ? parsed.event.id : undefined;
}
