import type {
  CaseEvidence,
  Evidence,
  EvidenceTotals,
  FaultEvidence,
  PromiseEvidence,
} from "../../reports/evidence/evidence.ts";
import { casesAreDue, verdictOf } from "../../reports/evidence/verdict.ts";
import type { SystemPromise } from "../promises/system-promise.ts";
import type { RunSummary } from "../runs/run-summary.ts";
import { compareText } from "./compare-text.ts";
import { createFaultTally } from "./fault-tally.ts";
import { seedsOf } from "./seeds.ts";
import { createVarietyTally, situationsOf } from "./variety-tally.ts";

/** Sums over runs, as the evidence shows them. */
export interface Tally {
  add(seed: number, run: RunSummary): void;
  /** Adds the runs of a shard: the sums are the same as if each had been added. */
  addShard(evidence: Evidence): void;
  totals(): EvidenceTotals;
  /** The kinds of fault that were planned, in the order of `FAULT_KINDS`. */
  faults(): readonly FaultEvidence[];
  /** The plural nouns of the kinds that were not. */
  faultsNotTried(): readonly string[];
  /** In the order in which they were given. */
  promises(): readonly PromiseEvidence[];
  /** How often each case that a workload aims at was reached. */
  cases(): readonly CaseEvidence[];
  /** The trace hashes of the runs, in the order of their seeds. */
  traceHashes(): readonly string[];
  /** In how many runs each situation was seen, by name. */
  situations(): readonly { readonly name: string; readonly runs: number }[];
  statistics(): Evidence["statistics"];
}

/** Sums of the promises given, and of the cases of those names; of all cases without. */
export function createTally(
  judged: readonly Pick<SystemPromise, "name" | "sentence" | "judged">[],
  aims?: readonly string[],
): Tally {
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
  const traceHashes: { readonly seed: number; readonly hash: string }[] = [];
  const traces = createVarietyTally();
  const situations = createVarietyTally();

  const addTo = (counts: Map<string, number>, name: string, count: number) => {
    counts.set(name, (counts.get(name) ?? 0) + count);
  };
  const addTrace = (seed: number, hash: string) => {
    traceHashes.push({ seed, hash });
    traces.add(hash);
  };

  return {
    add(seed, run) {
      addTotals(totals, { runs: 1, simulatedMs: run.elapsedMs, ...run });
      run.refusals.forEach((reason) => addTo(refusals, reason, 1));
      run.faults.forEach((fault) => faults.add(fault));
      for (const { name, count } of run.cases) {
        if (aims === undefined || aims.includes(name)) {
          addTo(cases, name, count);
        }
      }
      for (const each of promises) {
        const judgement = run.judgements.find(({ promise }) => promise === each.name);
        each.checks += judgement?.checks ?? 0;
        each.brokenRuns += judgement?.isBroken === true ? 1 : 0;
      }
      if (run.traceHash !== null) {
        addTrace(seed, run.traceHash);
      }
      situationsOf(run).forEach((situation) => situations.add(situation));
    },
    addShard(evidence) {
      addTotals(totals, evidence.totals);
      evidence.totals.refusals.forEach(({ reason, count }) => addTo(refusals, reason, count));
      evidence.faults.forEach((fault) => faults.addCounts(fault));
      evidence.cases.forEach(({ name, count }) => addTo(cases, name, count));
      for (const each of promises) {
        const told = evidence.promises.find(({ name }) => name === each.name);
        each.checks += told?.checks ?? 0;
        each.brokenRuns += told?.brokenRuns ?? 0;
      }
      const hashes = evidence.shard?.traceHashes.values() ?? [].values();
      for (const seed of seedsOf(evidence.seeds, evidence.shard)) {
        const { value: hash } = hashes.next();
        if (hash === undefined) {
          break;
        }
        addTrace(seed, hash);
      }
      evidence.shard?.situations.forEach(({ name, runs }) => situations.add(name, runs));
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
    traceHashes: () =>
      traceHashes.toSorted((left, right) => left.seed - right.seed).map(({ hash }) => hash),
    situations: () => situations.kinds(),
    statistics: () => ({
      traces: traceHashes.length === 0 ? null : traces.variety(),
      situations: situations.variety(),
    }),
  };
}

/** The verdict of the runs: the one place where it is drawn, for a sweep and for a replay. */
export function verdictOfTally(
  tally: Tally,
  { ended, asked, level }: Pick<Evidence, "ended" | "level"> & { readonly asked: number | null },
): ReturnType<typeof verdictOf> {
  const { runs, payments } = tally.totals();
  const faults = tally.faults();
  const cases = casesAreDue(level) ? tally.cases() : [];
  return verdictOf({ runs, payments, faults, cases, ended, asked, promises: tally.promises() });
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

function addTotals(totals: Mutable<EvidenceTotals>, more: Omit<EvidenceTotals, "refusals">): void {
  totals.runs += more.runs;
  totals.payments += more.payments;
  totals.completed += more.completed;
  totals.failed += more.failed;
  totals.effects += more.effects;
  totals.commitsJudged += more.commitsJudged;
  totals.duplicateDeliveries += more.duplicateDeliveries;
  totals.simulatedMs += more.simulatedMs;
}
