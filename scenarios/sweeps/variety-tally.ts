import type { VarietyEvidence } from "../../reports/evidence/evidence.ts";
import { triggerOf } from "../faults/fault.ts";
import { placeOf } from "../faults/trigger.ts";
import type { RunSummary } from "../runs/run-summary.ts";
import { compareText } from "./compare-text.ts";

/** In how many runs each kind was met. */
export interface VarietyTally {
  add(kind: string, runs?: number): void;
  variety(): VarietyEvidence;
  /** Sorted by name. */
  kinds(): readonly { readonly name: string; readonly runs: number }[];
}

export function createVarietyTally(): VarietyTally {
  const runsOf = new Map<string, number>();
  return {
    add(kind, runs = 1) {
      runsOf.set(kind, (runsOf.get(kind) ?? 0) + runs);
    },
    variety() {
      const counts = [...runsOf.values()];
      return {
        seen: counts.reduce((sum, runs) => sum + runs, 0),
        distinct: counts.length,
        once: counts.filter((runs) => runs === 1).length,
      };
    },
    kinds: () =>
      [...runsOf]
        .toSorted(([left], [right]) => compareText(left, right))
        .map(([name, runs]) => ({ name, runs })),
  };
}

/**
 * What a run came to, coarsely enough that runs have some of it in common: each kind of fault that
 * fired, with its place, together with each case that was reached in that run.
 */
export function situationsOf({ faults, cases }: RunSummary): ReadonlySet<string> {
  const struck = faults
    .filter(({ fired }) => fired)
    .map(({ fault }) => `${fault.kind} ${placeOf(triggerOf(fault))}`);
  const reached = cases.filter(({ count }) => count > 0).map(({ name }) => name);
  const strikes = struck.length === 0 ? ["no fault"] : struck;
  return new Set(strikes.flatMap((strike) => reached.map((name) => `${strike}, ${name}`)));
}
