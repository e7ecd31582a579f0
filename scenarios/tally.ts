import type { CrashPlace, EvidenceTotals, PromiseEvidence } from "../reports/evidence.ts";
import { INVARIANTS } from "./invariants/invariants.ts";
import type { CrashFault } from "./plan.ts";
import type { Outcome } from "./run-plan.ts";

/** Sums over runs, as the evidence shows them. */
export interface Tally {
  add(outcome: Outcome): void;
  totals(): EvidenceTotals;
  /** Sorted by service, then place. */
  crashPlaces(): readonly CrashPlace[];
  /** In the order of `INVARIANTS`. */
  promises(): readonly PromiseEvidence[];
  /** The trace hashes of the runs, in the order in which they were added. */
  traceHashes(): readonly string[];
}

export function createTally(): Tally {
  const totals = emptyTotals();
  const refusals = new Map<string, number>();
  const places = new Map<string, Mutable<CrashPlace>>();
  const promises = INVARIANTS.map(({ name, sentence, judged }) => ({
    name,
    sentence,
    judged,
    checks: 0,
    brokenRuns: 0,
  }));
  const traceHashes: string[] = [];
  return {
    add(outcome) {
      addTotals(totals, outcome);
      addRefusals(refusals, outcome);
      addPlaces(places, outcome);
      for (const each of promises) {
        const judgement = outcome.judgements.find(({ promise }) => promise === each.name);
        each.checks += judgement?.checks ?? 0;
        each.brokenRuns += (judgement?.breaches.length ?? 0) > 0 ? 1 : 0;
      }
      if (outcome.traceHash !== null) {
        traceHashes.push(outcome.traceHash);
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

function addTotals(totals: Mutable<EvidenceTotals>, outcome: Outcome): void {
  const statuses = [...outcome.books.payments.values()].map(({ status }) => status);
  totals.runs += 1;
  totals.payments += statuses.length;
  totals.completed += statuses.filter((status) => status === "COMPLETED").length;
  totals.failed += statuses.filter((status) => status === "FAILED").length;
  totals.crashesPlanned += outcome.plan.faults.length;
  totals.crashesFired += outcome.fired.length;
  totals.effects += outcome.effects;
  totals.commitsJudged += outcome.commitsJudged;
  totals.duplicateDeliveries += outcome.duplicateDeliveries;
  totals.simulatedMs += outcome.elapsedMs;
}

function addRefusals(refusals: Map<string, number>, outcome: Outcome): void {
  for (const { status, reason } of outcome.books.payments.values()) {
    if (status === "FAILED") {
      const key = reason ?? "no reason";
      refusals.set(key, (refusals.get(key) ?? 0) + 1);
    }
  }
}

function addPlaces(places: Map<string, Mutable<CrashPlace>>, outcome: Outcome): void {
  for (const fault of outcome.plan.faults) {
    const { service, place } = placeOf(fault);
    const key = `${service} ${place}`;
    const known = places.get(key) ?? { service, place, planned: 0, fired: 0 };
    known.planned += 1;
    known.fired += outcome.fired.includes(fault) ? 1 : 0;
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
