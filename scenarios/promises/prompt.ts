import { eventName, type Books, type Touched } from "../books/books.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const prompt: SystemPromise = {
  name: "prompt",
  sentence:
    "Until something goes wrong, every event is sent at once: none waits until a relay looks by itself.",
  judged: "at every commit that marks one as sent, until the first fault strikes",
  atCommit: (books, touched) => (books.faultsStruck > 0 ? [] : judge(books, touched)),
  // All of it is seen on the way, or not at all.
  atEnd: () => [],
  outOf: ({ books }) => [
    {
      count: [...books.outboxes.values()].reduce((sum, { size }) => sum + size, 0),
      noun: "events",
    },
  ],
};

/** A claim, and what little a batch may be behind others. */
const SLACK_MS = 1_000;
const PER_EVENT_MS = 20;

function judge(books: Books, { service, marked }: Touched): readonly Breach[] {
  const outbox = books.outboxes.get(service);
  // It may linger over what it was woken for, and over what came meanwhile.
  const lingersMs = 2 * books.knobs.relayLingerMs;
  const boundMs = SLACK_MS + lingersMs + PER_EVENT_MS * (outbox?.size ?? 0);
  return [...marked].flatMap((id) => {
    const event = outbox?.get(id);
    const waitedMs = event === undefined ? 0 : books.nowMs - event.appendedSinceMs;
    const found = `was sent ${waitedMs} ms after it was committed, and nothing had gone wrong`;
    return event === undefined || waitedMs <= boundMs
      ? []
      : [{ subject: eventName(books, event), found }];
  });
}
