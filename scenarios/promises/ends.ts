import { CONSUMER_GROUPS, serviceOf } from "../../system/process/services.ts";
import { allOutboxEvents, eventName, paymentName, placeName, recordName } from "../books/books.ts";
import type { UnreadPartition } from "../world.ts";
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

/**
 * An offset that could not be committed stays so until the next record of its partition, which may
 * never come. What was taken in meanwhile is not missing: were it delivered again, the inbox would
 * know it.
 */
function unreadRecords(ending: Ending): readonly Breach[] {
  const { books, records, unread, isOffsetLost } = ending;
  const left = isOffsetLost ? unread.filter((each) => !isTakenIn(ending, each)) : unread;
  return left.map(({ group, topic, partition, offset, count }) => {
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

function isTakenIn({ books, records }: Ending, unread: UnreadPartition): boolean {
  const { group, topic, partition, offset } = unread;
  const consumer = CONSUMER_GROUPS.find((each) => each.group === group);
  const service = consumer && serviceOf(consumer.group);
  return (
    service !== undefined &&
    records
      .filter((each) => each.topic === topic && each.partition === partition)
      .filter((each) => BigInt(each.offset) >= BigInt(offset))
      .every((record) => {
        const id = books.placed.get(placeName(record))?.event?.id ?? "";
        return (
          books.inboxes.get(service)?.has(id) === true ||
          books.setAside.get(service)?.has(placeName(record)) === true
        );
      })
  );
}
