import { allOutboxEvents, eventName, paymentName, recordName } from "../books/books.ts";
import { SETTLE_MS_MIN } from "./least-bounds.ts";
import type { Breach, Ending, SystemPromise } from "./system-promise.ts";

export const ends: SystemPromise = {
  name: "ends",
  sentence: `After the faults stop, every payment reaches COMPLETED or FAILED within ${SETTLE_MS_MIN / 1_000} s, or longer where more is left to do, and nothing is left unsent or unread.`,
  judged: "at the end, when the system has had its time to come to rest",
  atEnd: (ending) => [
    ...pendingPayments(ending),
    ...unsentEvents(ending),
    ...unreadRecords(ending),
  ],
  outOf: ({ books }) => [
    { count: books.payments.size, noun: "payments" },
    { count: allOutboxEvents(books).length, noun: "events" },
  ],
};

function pendingPayments({ books, settleBoundMs }: Ending): readonly Breach[] {
  return [...books.payments.values()]
    .filter(({ status }) => status === "PENDING")
    .map(({ id }) => ({
      subject: paymentName(books, id),
      found: `is still PENDING ${settleBoundMs / 1_000} s after the faults stopped`,
    }));
}

function unsentEvents({ books }: Ending): readonly Breach[] {
  return allOutboxEvents(books)
    .filter(({ sent }) => !sent)
    .map((event) => ({
      subject: eventName(books, event),
      found: "is still unsent in the outbox",
      noun: "events",
    }));
}

function unreadRecords({ books, records, unread }: Ending): readonly Breach[] {
  return unread.map(({ group, topic, partition, offset, count }) => {
    const first = records.find(
      (each) => each.topic === topic && each.partition === partition && each.offset === offset,
    );
    const from = first === undefined ? `offset ${offset}` : recordName(books, first);
    return {
      subject: `partition ${partition} of ${topic}`,
      found: `holds ${count} ${count === 1 ? "record" : "records"} that ${group} has not committed, from ${from} on`,
      noun: "unread records",
      amount: count,
    };
  });
}
