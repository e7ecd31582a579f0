import { readFile } from "node:fs/promises";
import type { Exit } from "./keeper-messages.ts";

const TAIL_LINES = 12;
const COMPLAINT_LINES = 8;

/** A log file's whole text, empty when there is none. */
export function readLog(logFile: string): Promise<string> {
  return readFile(logFile, "utf8").catch(() => "");
}

/** The first complaints of a log and its last lines; a sentence that says so when it is empty. */
export function excerptOf(log: string): string {
  if (log.trim() === "") {
    return "(its log is empty)";
  }
  const lines = log.trimEnd().split("\n");
  const tail = lines.slice(-TAIL_LINES);
  // A broker that cannot start says why and then writes a page about its shutdown.
  const complaints = lines
    .slice(0, -TAIL_LINES)
    .filter((line) => /error|exception|fatal/i.test(line))
    .slice(0, COMPLAINT_LINES);
  return [...complaints, ...tail].join("\n");
}

/** How a process ended, to follow its name in a sentence: `with code 1`, `by SIGKILL`. */
export function wordsFor(exit: Exit): string {
  return exit.kind === "exited" ? `with code ${exit.code}` : `by ${exit.signal}`;
}
