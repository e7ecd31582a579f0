import { definitionOf, serviceOf, type ServiceName } from "../../system/process/services.ts";
import { outboxEventsBy, type Books } from "../books/books.ts";
import type { ProcessNote } from "../faults/process-note.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const stopsClean: SystemPromise = {
  name: "stops-clean",
  sentence:
    "A process that is told to stop, and meets no error meanwhile, leaves nothing behind: no message in hand, no event of its own that its relay could have sent, and no outbox that it holds.",
  judged: "whenever a process that was told to stop says that it ends",
  atNote: (books, note, process, atMs) =>
    isCleanEnd(note) && books.commits > 0 ? judge(books, process, atMs) : undefined,
  // All of it is seen on the way, where commits are seen, or not at all.
  atEnd: () => [],
  outOf: ({ processes }) => [{ count: processes.length, noun: "processes" }],
};

/** A process says that it ends, and that it had the time to finish. */
function isCleanEnd(note: ProcessNote): boolean {
  return (
    note.what === "said" && note.name === "process.stopped" && note.detail["unfinished"] === ""
  );
}

function judge(books: Books, process: string, atMs: number): readonly Breach[] | undefined {
  const book = books.processes.get(process);
  const sinceMs = book?.stoppingSinceMs ?? null;
  if (book === undefined || sinceMs === null || (book.failedAtMs ?? -1) >= sinceMs) {
    return undefined;
  }
  const breach = (found: string): Breach => ({ subject: `process ${process}`, found });
  return [
    ...(book.inHand.size === 0 ? [] : [breach(`ends with ${book.inHand.size} messages in hand`)]),
    ...relaysOf(books, process).flatMap((service) => {
      const lease = books.leases.get(service);
      const isHeld = lease !== undefined && lease.endsAtMs > books.beganAtMs + atMs;
      const isOwn = lease?.process === process && lease.takenAtMs >= book.startedAtMs;
      if (isHeld) {
        return isOwn ? [breach(`ends, and holds the outbox of ${service} for a while yet`)] : [];
      }
      const unsent = outboxEventsBy(books, service, process).filter(({ sent }) => !sent);
      return unsent.length === 0
        ? []
        : [breach(`ends with ${unsent.length} of its events unsent, and nobody holds its outbox`)];
    }),
  ];
}

/** The services whose outboxes a process publishes. */
function relaysOf({ topology }: Books, process: string): readonly ServiceName[] {
  return topology
    .filter(({ name }) => name === process)
    .flatMap(({ roles }) => roles.filter((role) => definitionOf(role).kind === "relay"))
    .map(serviceOf);
}
