import { eventName, type Books, type OutboxBook, type Touched } from "../books/books.ts";
import type { Breach, Ending, SystemPromise } from "./system-promise.ts";

export const kept: SystemPromise = {
  name: "kept",
  sentence:
    "An event stays in its outbox until it is sent, and then as long as it is to be kept, and no longer.",
  judged:
    "at every commit that deletes one, its age where no clock is set; at the end, what should be gone by then",
  atCommit: (books, touched) => judgeDeleted(books, touched),
  atEnd: (ending) => (ending.notUp.length > 0 ? [] : judgeLeft(ending)),
  outOf: ({ books }) => [
    {
      count: [...books.outboxes.values()].reduce((sum, { size }) => sum + size, 0),
      noun: "events",
    },
  ],
};

function judgeDeleted(books: Books, { service, deleted }: Touched): readonly Breach[] {
  const keptMs = books.knobs.outboxKeptSeconds * 1_000;
  const { nowMs, beganAtMs, areClocksRight } = books;
  return [...deleted].flatMap((id) => {
    const event = books.outboxes.get(service)?.get(id);
    if (event === undefined) {
      return [];
    }
    const subject = eventName(books, event);
    if (event.sentAtMs === null) {
      return [{ subject, found: "is deleted, and was never sent" }];
    }
    const ageMs = beganAtMs + nowMs - Number(event.sentAtMs);
    return areClocksRight && ageMs < keptMs
      ? [
          {
            subject,
            found: `is deleted ${ageMs} ms after it was sent; it is kept for ${keptMs} ms`,
          },
        ]
      : [];
  });
}

/** How often an outbox is looked through at the least, and what that may take. */
const LOOKED_THROUGH_MS = 60_000;
const SLACK_MS = 2_000;

/** How long after it was sent an event may be there yet, while nothing hinders its relay. */
export function goneAfterMs({
  outboxKeptSeconds,
  relayPollMs,
  relayLingerMs,
}: Books["knobs"]): number {
  const keptMs = outboxKeptSeconds * 1_000;
  return keptMs + Math.min(keptMs, LOOKED_THROUGH_MS) + relayPollMs + relayLingerMs + SLACK_MS;
}

function judgeLeft({ books, watched, healedAtMs }: Ending): readonly Breach[] {
  const boundMs = goneAfterMs(books.knobs);
  if (!books.areClocksRight || books.nowMs - healedAtMs < boundMs) {
    return [];
  }
  const gone = new Set(books.pruned.map(({ row }) => row["event_id"]));
  const isLate = ({ eventId, sentSinceMs }: OutboxBook): boolean =>
    sentSinceMs !== null &&
    !gone.has(eventId) &&
    books.nowMs - Math.max(sentSinceMs, healedAtMs) > boundMs;
  return [...watched.outboxes.values()]
    .flatMap((outbox) => [...outbox.values()])
    .filter(isLate)
    .map((event) => ({
      subject: eventName(books, event),
      found: `was sent more than ${boundMs} ms ago, and is in its outbox yet`,
    }));
}
