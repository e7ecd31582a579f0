import type { ProcessNote } from "../faults/process-note.ts";
import type { UniverseEvent } from "../world.ts";
import { demand, placeName, type OpenBooks } from "./books.ts";
import { createProcessBook, type OpenProcessBook, type PlacedMessage } from "./process-book.ts";

/** Enters what is seen of a process. */
export function followProcess(books: OpenBooks, event: UniverseEvent): void {
  const process = () => demand(books.processes, event.process, () => createProcessBook(0));
  switch (event.kind) {
    case "restart":
      books.processes.set(event.process, createProcessBook(event.atMs));
      return undefined;
    case "fault":
      books.faultsStruck += 1;
      if (event.fault.kind === "stop") {
        process().stoppingSinceMs = event.atMs;
      }
      return undefined;
    case "disturbance":
      books.faultsStruck += 1;
      return undefined;
    case "delivery":
      process().inHand.set(placeName(event.record), event.record);
      return undefined;
    case "note":
      return followNote(process(), event.note, event.atMs);
    case "commit":
    case "record":
    case "exit":
      return undefined;
  }
}

function followNote(process: OpenProcessBook, note: ProcessNote, atMs: number): void {
  switch (note.what) {
    case "failed":
      process.failedAtMs = atMs;
      return undefined;
    case "offset-committed":
      return putDown(
        process,
        note.record,
        ({ offset }) => BigInt(offset) <= BigInt(note.record.offset),
      );
    case "left":
      return putDown(process, note.record, () => true);
    case "said": {
      const tried = triedAgain(note);
      if (tried !== undefined) {
        process.triedAtMs.set(tried, atMs);
      }
      return undefined;
    }
    case "rolled-back":
    case "uses":
      return undefined;
  }
}

/** Of a partition's messages in hand those that are done with. */
function putDown(
  { inHand }: OpenProcessBook,
  { topic, partition }: PlacedMessage,
  isDone: (message: PlacedMessage) => boolean,
): void {
  for (const [place, message] of inHand) {
    if (message.topic === topic && message.partition === partition && isDone(message)) {
      inHand.delete(place);
    }
  }
}

/** What a line says is tried again: a message, offsets, or a part of a process. */
export function triedAgain({
  name,
  detail,
}: Extract<ProcessNote, { readonly what: "said" }>): string | undefined {
  const { topic = "", partition = "", offset = "", offsets = "", part = "" } = detail;
  return name === "process.waiting" || name === "inbox.retry" || name === "inbox.left"
    ? `${topic} ${partition} ${offset} ${offsets} ${part}`
    : undefined;
}
