import type {
  CaseEvidence,
  EvidenceTotals,
  FaultEvidence,
  PromiseEvidence,
} from "../../reports/evidence/evidence.ts";
import { verdictOf } from "../../reports/evidence/verdict.ts";
import type { SystemPromise } from "../promises/system-promise.ts";
import type { RunSummary } from "../runs/run-summary.ts";
import { compareText } from "./compare-text.ts";
import { createFaultTally } from "./fault-tally.ts";

/** Sums over runs, as the evidence shows them. */
export interface Tally {
  add(run: RunSummary): void;
  totals(): EvidenceTotals;
  /** The kinds of fault that were planned, in the order of `FAULT_KINDS`. */
  faults(): readonly FaultEvidence[];
  /** The plural nouns of the kinds that were not. */
  faultsNotTried(): readonly string[];
  /** In the order in which they were given. */
  promises(): readonly PromiseEvidence[];
  /** How often each case that a workload aims at was reached. */
  cases(): readonly CaseEvidence[];
  /** The trace hashes of the runs, in the order in which they were added. */
  traceHashes(): readonly string[];
}

/** Sums of the promises given, and of the cases of those names; of all cases without. */
export function createTally(judged: readonly SystemPromise[], aims?: readonly string[]): Tally {
  const totals = emptyTotals();
  const refusals = new Map<string, number>();
  const faults = createFaultTally();
  const promises = judged.map(({ name, sentence, judged: when }) => ({
    name,
    sentence,
    judged: when,
    checks: 0,
    brokenRuns: 0,
  }));
  const cases = new Map<string, number>();
  const traceHashes: string[] = [];
  return {
    add(run) {
      addTotals(totals, run);
      for (const reason of run.refusals) {
        refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
      }
      run.faults.forEach((fault) => faults.add(fault));
      for (const { name, count } of run.cases) {
        if (aims === undefined || aims.includes(name)) {
          cases.set(name, (cases.get(name) ?? 0) + count);
        }
      }
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
    faults: () => faults.planned(),
    faultsNotTried: () => faults.notPlanned(),
    promises: () => promises.map((each) => ({ ...each })),
    cases: () => [...cases].map(([name, count]) => ({ name, count })),
    traceHashes: () => traceHashes,
  };
}

/** The verdict of the runs: the one place where it is drawn, for a sweep and for a replay. */
export function verdictOfTally(
  tally: Tally,
  { interrupted }: { readonly interrupted: boolean },
): ReturnType<typeof verdictOf> {
  const { runs, payments } = tally.totals();
  const [faults, cases] = [tally.faults(), tally.cases()];
  return verdictOf({ runs, payments, faults, cases, interrupted, promises: tally.promises() });
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function emptyTotals(): Mutable<EvidenceTotals> {
  return {
    runs: 0,
    payments: 0,
    completed: 0,
    failed: 0,
    refusals: [],
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
  totals.effects += run.effects;
  totals.commitsJudged += run.commitsJudged;
  totals.duplicateDeliveries += run.duplicateDeliveries;
  totals.simulatedMs += run.elapsedMs;
}
