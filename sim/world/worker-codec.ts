import type { WorkerRun } from "../../scenarios/sweeps/sweep-request.ts";
import type { TraceRecord } from "../kernel/trace.ts";
import type { TriedMutant } from "./mutant-trial.ts";

/** What came back from a worker. @throws TypeError when it is no list */
export function parseRuns(message: unknown): readonly WorkerRun[] {
  if (!Array.isArray(message)) {
    throw new TypeError(`a thread answered with ${typeof message}, not with a list of runs`);
  }
  // Checked: it is a list, and only `worker.ts`, compiled against this type, makes those.
  return message as readonly WorkerRun[];
}

/** What came back from a thread that tried a mutant. @throws TypeError when it is none */
export function parseTriedMutant(message: unknown): TriedMutant {
  if (typeof message !== "object" || message === null || !("fate" in message)) {
    throw new TypeError(`a thread answered with ${typeof message}, not with a tried mutant`);
  }
  // Checked: it has a fate, and only `mutant-worker.ts`, compiled against this type, makes those.
  return message as TriedMutant;
}

/** The trace that came back from a worker. @throws TypeError when it is none */
export function parseTrace(message: unknown): TraceRecord {
  if (typeof message !== "object" || message === null || !("hash" in message)) {
    throw new TypeError(`a thread answered with ${typeof message}, not with a trace`);
  }
  // Checked: it has a hash, and only `worker.ts`, compiled against this type, makes those.
  return message as TraceRecord;
}
