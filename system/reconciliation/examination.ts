import type { Break } from "./break-classes.ts";
import type { AgeLimits } from "./payment-case.ts";
import type { Watermarks } from "./run-records.ts";
import type { Snapshot } from "./snapshot.ts";

/** The databases at three moments, in the order in which they were read. */
export interface Cut {
  readonly early: Snapshot;
  readonly wallet: Snapshot;
  readonly late: Snapshot;
}

/** How many of something a run came by page by page, and how many the database counts at once. */
export interface Count {
  readonly examined: number;
  readonly counted: number;
}

/** What a run has looked at so far, and where it notes what it finds. */
export interface Examination {
  readonly runId: string;
  readonly cut: Cut;
  /** What was written before these has been looked at. */
  readonly seen: Watermarks;
  readonly nowMs: number;
  readonly limits: AgeLimits;
  readonly note: (breaks: readonly Break[]) => Promise<void>;
}
