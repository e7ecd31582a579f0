import type { RunSummary } from "../../scenarios/runs/run-summary.ts";

/** What came back from a worker. @throws TypeError when it is no list */
export function parseRuns(message: unknown): readonly RunSummary[] {
  if (!Array.isArray(message)) {
    throw new TypeError(`a thread answered with ${typeof message}, not with a list of runs`);
  }
  // Checked: it is a list, and only `worker.ts`, compiled against this type, makes those.
  return message as readonly RunSummary[];
}
