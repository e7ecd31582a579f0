import type { SweepRequest } from "../sweep-request.ts";

/** What `falconpay crash-points` is asked for; see `SweepRequest`. */
export interface CrashPointsRequest extends Pick<
  SweepRequest,
  | "world"
  | "workers"
  | "secondOpinion"
  | "scenario"
  | "mutant"
  | "shrinkRunsMax"
  | "signal"
  | "host"
> {
  /** The seed of the one plan. */
  readonly seed: number;
  /** So many of its requests are kept, from the first on. */
  readonly requestsMax: number;
  /** The sizes of batches with which the plan is tried, one after the other. */
  readonly batches: readonly Batches[];
  /** Null where pairs are not asked for. */
  readonly pairs: PairsBudget | null;
  /** Called after every run. */
  readonly onProgress: (progress: CrashPointsProgress) => Promise<void>;
}

/** `ship`: all knobs as they ship. `one`: also, every batch is of one. */
export type Batches = (typeof BATCHES)[number];

export const BATCHES = ["ship", "one"] as const;

export interface PairsBudget {
  readonly runsMax: number;
  /** Asked before every few runs; the first time when the pairs begin. */
  readonly isTimeOver: () => boolean;
}

export interface CrashPointsProgress {
  readonly kind: "point" | "pair" | "shrink";
  /** Points or pairs done, or variants tried. */
  readonly done: number;
  /** Points or pairs in all, as far as they are known; 0 for variants. */
  readonly total: number;
}
