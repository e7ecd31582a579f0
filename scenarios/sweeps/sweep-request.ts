import type { Evidence } from "../../reports/evidence/evidence.ts";
import type { Mutant } from "../mutants/mutant.ts";
import type { Level } from "../plans/level.ts";
import type { Plan } from "../plans/plan.ts";
import type { Scenario } from "../plans/scenario.ts";
import type { Outcome } from "../runs/run-plan.ts";
import type { RunSummary } from "../runs/run-summary.ts";
import type { World } from "../world.ts";
import type { SeedRange, Shard } from "./seeds.ts";

export interface SweepRequest {
  readonly world: World;
  /** Runs plans on other threads; null runs them in the world above, one by one. */
  readonly workers: Workers | null;
  /** Looks whether a plan goes the same way elsewhere; null where nothing can be repeated. */
  readonly secondOpinion: SecondOpinion | null;
  readonly scenario: Scenario;
  readonly mutant: Mutant | null;
  /** How hard the scenario goes at the services. */
  readonly level: Level;
  /** Both ends are run; a last of null is as many as the budget allows. */
  readonly seeds: { readonly first: number; readonly last: number | null };
  /** The part of the seeds that is run; null for all of them. */
  readonly shard: Shard | null;
  /** Whether the first seed that breaks a promise is the last one. */
  readonly bail: boolean;
  /** How many variants may be run to make a failing case smaller; 0 keeps it as it is. */
  readonly shrinkRunsMax: number;
  /** Called after every run of a seed, and after every variant tried while shrinking. */
  readonly onProgress: (progress: SweepProgress) => Promise<void>;
  /**
   * Ends the sweep after the run in hand; what was done is kept. With `TIME_IS_OVER` as its reason
   * it was the time, otherwise somebody stopped it.
   */
  readonly signal: AbortSignal;
  readonly host: SweepHost;
}

/** The reason of a signal that ends a sweep because the time that it was given is over. */
export const TIME_IS_OVER = "time is over";

/** Threads that run plans, each in a world of its own. */
export interface Workers {
  /**
   * Runs the plans, several at once, and tells of them in their order, whichever is done first.
   * Ends early when the signal is aborted.
   */
  run(plans: readonly Plan[], signal: AbortSignal): AsyncIterable<WorkerRun>;
}

export interface WorkerRun {
  readonly run: RunSummary;
  /** Where it ran: the seed of the first plan that this thread ever ran. */
  readonly thread: number;
}

/** Runs plans in threads of their own, where nothing has run before. */
export interface SecondOpinion {
  /** Runs the plans in this order, one after another in one thread. */
  rerun(plans: readonly Plan[]): Promise<readonly RunSummary[]>;
  /**
   * The first event in which the last plan of one list goes another way than that of the other,
   * with what came before and after, for a reader; undefined when both go the same way. Each list
   * is run in its order, in a thread of its own.
   */
  firstDifference(one: readonly Plan[], other: readonly Plan[]): Promise<string | undefined>;
}

/** What a sweep needs to know of where it runs. */
export interface SweepHost {
  readonly product: string;
  readonly code: Evidence["code"];
  readonly made: Evidence["made"];
  /** The command that asks for a sweep of these seeds. */
  readonly command: (seeds: SeedRange) => string;
  /** The command that replays a file. */
  readonly replayCommand: (fileName: string) => string;
  /** A hash over many hashes, in hexadecimal. */
  readonly digest: (text: string) => string;
}

export interface SweepProgress {
  readonly kind: "seed" | "shrink";
  /** Seeds done, or variants tried. */
  readonly done: number;
  readonly simulatedMs: number;
}

/** The smallest case found of a seed that broke a promise. */
export interface Failure {
  readonly seed: number;
  readonly promise: string;
  /** The run of the smallest case. */
  readonly outcome: Outcome;
  /** How many variants were run to make it smaller. */
  readonly tried: number;
  /** Whether it is known that no single command and no single fault can be left out. */
  readonly isMinimal: boolean;
  /** The error that ended the search for a smaller case, if one did. */
  readonly brokenOff: { readonly error: unknown } | null;
}
