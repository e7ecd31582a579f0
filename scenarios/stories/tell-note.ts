import { recordName, type Books } from "../books/books.ts";
import type { ProcessNote } from "../faults/process-note.ts";

/** How what happened in a process is told; undefined for what is no story. */
export function tellNote(note: ProcessNote, books: Books): string | undefined {
  switch (note.what) {
    case "failed": {
      const code = note.code === null ? "" : ` (${note.code})`;
      const doubt = note.applied === "unknown" ? "; it may have taken effect" : "";
      return `Meets an error at ${note.effect}: ${note.reason}${code}${doubt}.`;
    }
    case "rolled-back":
      return `Rolls back ${note.transaction}: nothing of it took effect.`;
    case "offset-committed":
      return `Commits the offset of ${recordName(books, note.record)}.`;
    case "left":
      return `Leaves ${recordName(books, note.record)} to be delivered again: ${note.reason}.`;
    case "uses":
      return undefined;
    case "said":
      return tellSaid(note.name, note.detail);
  }
}

/** What a service says about itself has no fixed list: what is not known here is told as it is. */
function tellSaid(
  name: string,
  detail: Readonly<Record<string, string | number>>,
): string | undefined {
  switch (name) {
    case "process.started":
      // What it does next says it, and the world tells of its restart.
      return undefined;
    case "process.stopped":
      return detail["unfinished"] === ""
        ? undefined
        : `Stops, and leaves unfinished: ${detail["unfinished"]}.`;
    case "accept.done":
    case "inbox.done":
    case "settle.done":
      // Its answer or its commit says it.
      return undefined;
    case "http.not-available":
      return `Answers ${detail["route"]} with 503: ${detail["reason"]}.`;
    case "inbox.duplicate":
      return "Finds that this event was taken in before.";
    case "inbox.retry":
      return `Tries the message again after the error ${detail["code"]} (attempt ${detail["attempts"]} failed).`;
    default: {
      const words = Object.entries(detail).map(([key, value]) => `${key} ${value}`);
      return `Says ${name}${words.length === 0 ? "" : `: ${words.join(", ")}`}.`;
    }
  }
}
