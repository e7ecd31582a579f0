import type { Fault } from "../faults/fault.ts";
import type { ReachedEffects } from "../world.ts";
import { reachedCases, type ReachedCase } from "./reached-cases.ts";
import type { Outcome } from "./run-plan.ts";

/** What a tally needs of a run: plain data that travels between threads. */
export interface RunSummary {
  readonly payments: number;
  readonly completed: number;
  readonly failed: number;
  /** The reason of each payment that ended FAILED. */
  readonly refusals: readonly string[];
  readonly faults: readonly FaultSummary[];
  readonly cases: readonly ReachedCase[];
  readonly judgements: readonly {
    readonly promise: string;
    readonly checks: number;
    readonly isBroken: boolean;
  }[];
  readonly effects: number;
  /** Where effects were until the system came to rest. */
  readonly places: readonly ReachedEffects[];
  readonly commitsJudged: number;
  readonly duplicateDeliveries: number;
  readonly elapsedMs: number;
  readonly traceHash: string | null;
}

/** What became of one fault of the plan. */
export interface FaultSummary {
  readonly fault: Fault;
  readonly fired: boolean;
  /** False when the world cannot make it. */
  readonly isPossible: boolean;
}

export function summarize(outcome: Outcome): RunSummary {
  const { effects, places, commitsJudged, duplicateDeliveries, elapsedMs, traceHash } = outcome;
  const payments = [...outcome.books.payments.values()];
  const failed = payments.filter(({ status }) => status === "FAILED");
  return {
    payments: payments.length,
    completed: payments.filter(({ status }) => status === "COMPLETED").length,
    failed: failed.length,
    refusals: failed.map(({ reason }) => reason ?? "no reason"),
    faults: outcome.plan.faults.map((fault, index) => ({
      fault,
      fired: outcome.fired.has(index),
      isPossible: !outcome.impossible.has(index),
    })),
    cases: reachedCases(outcome),
    judgements: outcome.judgements.map(({ promise, checks, breaches }) => {
      return { promise, checks, isBroken: breaches.length > 0 };
    }),
    effects,
    places,
    commitsJudged,
    duplicateDeliveries,
    elapsedMs,
    traceHash,
  };
}
