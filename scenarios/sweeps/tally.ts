import type {
  CrashPlace,
  EvidenceTotals,
  PromiseEvidence,
} from "../../reports/evidence/evidence.ts";
import type { CrashFault } from "../plans/plan.ts";
import { PROMISES } from "../promises/promises.ts";
import type { RunSummary } from "../runs/run-summary.ts";

/** Sums over runs, as the evidence shows them. */
export interface Tally {
  add(run: RunSummary): void;
  totals(): EvidenceTotals;
  /** Sorted by service, then place. */
  crashPlaces(): readonly CrashPlace[];
  /** In the order of `PROMISES`. */
  promises(): readonly PromiseEvidence[];
  /** The trace hashes of the runs, in the order in which they were added. */
  traceHashes(): readonly string[];
}

export function createTally(): Tally {
  const totals = emptyTotals();
  const refusals = new Map<string, number>();
  const places = new Map<string, Mutable<CrashPlace>>();
  const promises = PROMISES.map(({ name, sentence, judged }) => ({
    name,
    sentence,
    judged,
    checks: 0,
    brokenRuns: 0,
  }));
  const traceHashes: string[] = [];
  return {
    add(run) {
      addTotals(totals, run);
      for (const reason of run.refusals) {
        refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
      }
      addPlaces(places, run);
      for (const each of promises) {
        const judgement = run.judgements.find(({ promise }) => promise === each.name);
        each.checks += judgement?.checks ?? 0;
        each.brokenRuns += judgement?.isBroken === true ? 1 : 0;
      }
      if (run.traceHash !== null) {
        traceHashes.push(run.traceHash);
      }
    },
    totals: () => ({
      ...totals,
      refusals: [...refusals]
        .toSorted(([left], [right]) => compareText(left, right))
        .map(([reason, count]) => ({ reason, count })),
    }),
    crashPlaces: () =>
      [...places]
        .toSorted(([left], [right]) => compareText(left, right))
        .map(([, place]) => ({ ...place })),
    promises: () => promises.map((each) => ({ ...each })),
    traceHashes: () => traceHashes,
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function emptyTotals(): Mutable<EvidenceTotals> {
  return {
    runs: 0,
    payments: 0,
    completed: 0,
    failed: 0,
    refusals: [],
    crashesPlanned: 0,
    crashesFired: 0,
    effects: 0,
    commitsJudged: 0,
    duplicateDeliveries: 0,
    simulatedMs: 0,
  };
}

function addTotals(totals: Mutable<EvidenceTotals>, run: RunSummary): void {
  totals.runs += 1;
  totals.payments += run.payments;
  totals.completed += run.completed;
  totals.failed += run.failed;
  totals.crashesPlanned += run.faults.length;
  totals.crashesFired += run.faults.filter(({ fired }) => fired).length;
  totals.effects += run.effects;
  totals.commitsJudged += run.commitsJudged;
  totals.duplicateDeliveries += run.duplicateDeliveries;
  totals.simulatedMs += run.elapsedMs;
}

function addPlaces(places: Map<string, Mutable<CrashPlace>>, run: RunSummary): void {
  for (const { fault, fired } of run.faults) {
    const { service, place } = placeOf(fault);
    const key = `${service} ${place}`;
    const known = places.get(key) ?? { service, place, planned: 0, fired: 0 };
    known.planned += 1;
    known.fired += fired ? 1 : 0;
    places.set(key, known);
  }
}

/** `payment-1/payment-db/accept.commit#3`, after, is `after accept.commit` in payment. */
function placeOf(fault: CrashFault): Pick<CrashPlace, "service" | "place"> {
  const [process = "", , operation = ""] = fault.effect.split("/");
  const service = process.startsWith("wallet") ? "wallet" : "payment";
  return { service, place: `${fault.when} ${operation.replace(/#.*$/, "")}` };
}

/** By UTF-16 code units: the same order on every machine. */
function compareText(left: string, right: string): number {
  if (left === right) {
    return 0;
  }
  return left < right ? -1 : 1;
}
