import { eventName, isStray, outboxEvent, paymentName, type Books } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const inOrder: SystemPromise = {
  name: "in-order",
  sentence:
    "For one key, first deliveries come in commit order; and all that is sent about a payment has one key, the payment's own.",
  judged: "at every delivery; at every commit, the keys; at the end, on which partitions they lie",
  atCommit: (books, { payments }) => judgeKeys(books, payments),
  atDelivery: (books, { event, overtook }) =>
    overtook === null
      ? []
      : [
          {
            subject: eventNameOf(books, event),
            found: `is delivered after ${eventNameOf(books, overtook)}, which was committed later`,
          },
        ],
  atEnd: ({ books }) => [...judgeKeys(books, books.eventsOf.keys()), ...apart(books)],
  outOf: ({ books }) => [{ count: books.payments.size, noun: "payments" }],
};

function judgeKeys(books: Books, paymentIds: Iterable<string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const id of paymentIds) {
    for (const { topic, key } of books.eventsOf.get(id) ?? []) {
      if (key !== id) {
        const found = `has an event on ${topic} under another key than its own`;
        breaches.push({ subject: paymentName(books, id), found });
      }
    }
  }
  return breaches;
}

/** Records of one key on several partitions of a topic: nothing keeps their order. */
function apart(books: Books): readonly Breach[] {
  const partitions = new Map<string, number>();
  const breaches: Breach[] = [];
  for (const { record } of [...books.placed.values()].filter((each) => !isStray(books, each))) {
    const name = `${record.topic} with the key ${record.key}`;
    const known = partitions.get(name) ?? record.partition;
    partitions.set(name, known);
    if (known !== record.partition) {
      const found = `lie on the partitions ${known} and ${record.partition}`;
      breaches.push({ subject: `the records of ${name}`, found });
    }
  }
  return breaches;
}

function eventNameOf(books: Books, eventId: string): string {
  const event = outboxEvent(books, eventId);
  return event === undefined ? `event ${eventId}` : eventName(books, event);
}
