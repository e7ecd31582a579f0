import type { ProcessNote } from "../faults/process-note.ts";
import type { Breach, SystemPromise } from "./system-promise.ts";

export const noDeadlock: SystemPromise = {
  name: "no-deadlock",
  sentence:
    "No transaction of a service is a deadlock's victim: everybody locks in one order, whoever else is at work.",
  judged: "whenever a database refuses a process, but where a fault of the plan does so",
  atNote: (_books, note, process) => (note.what === "failed" ? judge(note, process) : undefined),
  // All of it is seen on the way, in both worlds.
  atEnd: () => [],
  outOf: ({ processes }) => [{ count: processes.length, noun: "processes" }],
};

/** PostgreSQL's `deadlock_detected`. */
const DEADLOCK = "40P01";

function judge(
  { code, isInjected, effect }: Extract<ProcessNote, { readonly what: "failed" }>,
  process: string,
): readonly Breach[] {
  return code === DEADLOCK && !isInjected
    ? [{ subject: `process ${process}`, found: `is ended by a deadlock, at ${effect}` }]
    : [];
}
