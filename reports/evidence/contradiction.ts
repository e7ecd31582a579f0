import { contradictionInCrashPoints } from "./crash-points-evidence.ts";
import type { Evidence } from "./evidence.ts";
import { seedsAsked } from "./seeds-asked.ts";
import { casesAreDue, verdictOf } from "./verdict.ts";

/**
 * What evidence says against itself, or undefined: a page must not call broken promises a pass, nor
 * rest on more than was done. What follows from the parts is worked out anew from them.
 */
export function contradictionIn(evidence: Evidence): string | undefined {
  return (
    verdictAgainstFindings(evidence) ??
    (evidence.crashPoints === null ? againstSeeds(evidence) : againstPoints(evidence)) ??
    againstShard(evidence) ??
    againstTotals(evidence) ??
    againstStatistics(evidence) ??
    evidence.faults.map(againstPlaces).find((each) => each !== undefined) ??
    againstPromises(evidence) ??
    againstVerdict(evidence)
  );
}

function verdictAgainstFindings({ verdict, promises, findings, doubts }: Evidence) {
  const broken = promises.find((promise) => promise.brokenRuns > 0)?.name;
  const found = broken ?? findings[0]?.promise;
  switch (verdict) {
    case "pass":
      if (found !== undefined) {
        return `verdict: it is "pass", but the promise ${found} was broken`;
      }
      return doubts.length > 0 ? 'verdict: it is "pass", but there are doubts' : undefined;
    case "fail":
      return found === undefined ? 'verdict: it is "fail", but no promise was broken' : undefined;
    case "unknown":
      if (found !== undefined) {
        return `verdict: it is "unknown", but ${found} was broken`;
      }
      return doubts.length === 0 ? 'verdict: it is "unknown", but no doubt says why' : undefined;
  }
}

function againstSeeds(evidence: Evidence): string | undefined {
  const { totals, ended, verdict } = evidence;
  const { completed } = evidence.seeds;
  const asked = seedsAsked(evidence);
  if (completed > asked) {
    return `seeds.completed: ${completed} of ${asked} seeds`;
  }
  if (completed !== totals.runs) {
    return `totals.runs: ${totals.runs}, but ${completed} seeds were run`;
  }
  if ((ended === "complete") !== (completed === asked)) {
    return `ended: it is "${ended}", but ${completed} of ${asked} seeds were run`;
  }
  return ended === "first-failure" && verdict !== "fail"
    ? 'ended: it is "first-failure", but nothing failed'
    : undefined;
}

function againstShard({ shard, traceHash, totals }: Evidence): string | undefined {
  if (shard === null) {
    return undefined;
  }
  if (shard.index < 1 || shard.index > shard.count) {
    return `shard: there is no ${shard.index} of ${shard.count}`;
  }
  return traceHash !== null && shard.traceHashes.length !== totals.runs
    ? `shard.traceHashes: ${shard.traceHashes.length} of ${totals.runs} runs`
    : undefined;
}

/** A kind that was met once makes one meeting; every other makes two or more. */
function againstStatistics({ statistics, totals }: Evidence): string | undefined {
  for (const [name, variety] of Object.entries(statistics)) {
    if (variety !== null) {
      const { seen, distinct, once } = variety;
      if (once > distinct || once + 2 * (distinct - once) > seen) {
        return `statistics.${name}: ${distinct} kinds, ${once} of them once, cannot be met ${seen} times`;
      }
    }
  }
  const traces = statistics.traces?.seen ?? totals.runs;
  return traces === totals.runs
    ? undefined
    : `statistics.traces: of ${traces} runs, but there were ${totals.runs}`;
}

/** Of a certificate the one seed is run as often as there are points. */
function againstPoints({ crashPoints, totals, ended, promises, mutant }: Evidence) {
  const brokenRuns = promises.map((promise) => promise.brokenRuns);
  return crashPoints === null
    ? undefined
    : contradictionInCrashPoints(crashPoints, {
        runs: totals.runs,
        isComplete: ended === "complete",
        isMutant: mutant !== null,
        brokenRuns,
      });
}

function againstTotals({ totals, world, traceHash }: Evidence): string | undefined {
  const { payments, completed, failed, refusals } = totals;
  if (completed + failed > payments) {
    return `totals.payments: ${payments}, but ${completed} were completed and ${failed} failed`;
  }
  const refused = sum(refusals.map(({ count }) => count));
  if (refused !== failed) {
    return `totals.refusals: reasons for ${refused} payments, but ${failed} failed`;
  }
  return world === "real" && traceHash !== null ? "traceHash: real servers leave none" : undefined;
}

function againstPlaces({ kind, planned, fired, impossible, places }: Evidence["faults"][number]) {
  if (planned !== sum(places.map((place) => place.planned))) {
    return `faults: ${planned} of ${kind} planned, but its places say otherwise`;
  }
  if (fired !== sum(places.map((place) => place.fired))) {
    return `faults: ${fired} of ${kind} fired, but its places say otherwise`;
  }
  return fired + impossible > planned || places.some((place) => place.fired > place.planned)
    ? `faults: more of ${kind} fired, or could not be made, than were planned`
    : undefined;
}

/** Every run ends with a check of every promise. */
function againstPromises({ promises, findings, totals }: Evidence): string | undefined {
  for (const { name, checks, brokenRuns } of promises) {
    if (checks < totals.runs) {
      return `promises: ${name} has ${checks} checks, fewer than the ${totals.runs} runs`;
    }
    if (brokenRuns > totals.runs) {
      return `promises: ${name} was broken in ${brokenRuns} of ${totals.runs} runs`;
    }
  }
  const stray = findings.find(
    ({ promise }) => !promises.some(({ name, brokenRuns }) => name === promise && brokenRuns > 0),
  );
  return stray === undefined
    ? undefined
    : `findings: ${stray.promise} is told to be broken, and no run broke it`;
}

function againstVerdict(evidence: Evidence): string | undefined {
  const { totals, faults, ended, promises, crashPoints } = evidence;
  const cases = casesAreDue(evidence.level) ? evidence.cases : [];
  const { runs, payments } = totals;
  const asked = crashPoints === null ? seedsAsked(evidence) : null;
  const drawn = verdictOf({ runs, payments, faults, cases, ended, asked, promises });
  if (drawn.verdict !== evidence.verdict) {
    const why = drawn.doubts.length === 0 ? "" : `: ${drawn.doubts.join(" ")}`;
    return `verdict: it is "${evidence.verdict}", but its parts make it "${drawn.verdict}"${why}`;
  }
  return drawn.doubts.join("\n") === evidence.doubts.join("\n")
    ? undefined
    : "doubts: they are not those of its parts";
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
