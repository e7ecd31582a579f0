/**
 * A certificate: every effect of a run without faults, each of them struck in a run of its own. Its
 * parts are those of `Evidence`, of which it is one.
 */
export interface CrashPointsEvidence {
  /** The plans whose effects were struck: the same requests, with other sizes of batches. */
  readonly plans: readonly CrashPointsPlan[];
  /** What was done at the effects, by the way. */
  readonly ways: readonly CrashPointsWay[];
  /** Points that were tried and did not fire, the first of them, in words. */
  readonly silent: readonly string[];
  /** Null where pairs were not asked for. */
  readonly pairs: CrashPointsPairs | null;
  /**
   * In how many runs a promise broke, or of a mutant the one that is named for it; of the first of
   * them, what struck and what broke.
   */
  readonly violations: {
    readonly runs: number;
    readonly first: readonly {
      readonly points: readonly string[];
      readonly promises: readonly string[];
    }[];
  };
}

export interface CrashPointsPlan {
  /** What its batches are, in words: `batches as they ship`, `batches of one`. */
  readonly batches: string;
  readonly requests: number;
  /** The names of its processes. */
  readonly processes: readonly string[];
  /** Exchanges between the services and the outside, in the run without faults. */
  readonly effects: number;
  /** The ways of all of them together. */
  readonly points: number;
}

export interface CrashPointsWay {
  /** In words: `crash before an effect`. */
  readonly way: string;
  readonly planned: number;
  /** Those that were run: fewer than planned when the command was stopped. */
  readonly tried: number;
  readonly fired: number;
}

export interface CrashPointsPairs {
  /** How many there are. */
  readonly total: number;
  readonly tried: number;
  /** Those of which both fired. */
  readonly fired: number;
}

/** What a certificate says against itself or against the rest of its evidence, or undefined. */
export function contradictionInCrashPoints(
  certificate: CrashPointsEvidence,
  evidence: {
    readonly runs: number;
    readonly isComplete: boolean;
    readonly isMutant: boolean;
    /** Of each promise. */
    readonly brokenRuns: readonly number[];
  },
): string | undefined {
  const { plans, ways, silent, pairs, violations } = certificate;
  const planned = sum(ways.map((way) => way.planned));
  const tried = sum(ways.map((way) => way.tried));
  const fired = sum(ways.map((way) => way.fired));
  const runs = plans.length + tried + (pairs?.tried ?? 0);
  if (planned !== sum(plans.map(({ points }) => points))) {
    return `crashPoints.ways: ${planned} points are planned, but its plans say otherwise`;
  }
  if (ways.some((way) => way.fired > way.tried || way.tried > way.planned)) {
    return "crashPoints.ways: more fired than were tried, or were tried than planned";
  }
  if (silent.length > tried - fired) {
    return `crashPoints.silent: ${silent.length} did not fire, but its ways say otherwise`;
  }
  if (pairs !== null && !(pairs.fired <= pairs.tried && pairs.tried <= pairs.total)) {
    return "crashPoints.pairs: more fired than were tried, or were tried than there are";
  }
  if (runs !== evidence.runs) {
    return `totals.runs: ${evidence.runs}, but ${runs} plans were run`;
  }
  if (tried < planned && evidence.isComplete) {
    return `crashPoints.ways: ${tried} of ${planned} points were tried, but nothing stopped it`;
  }
  const least = evidence.isMutant ? 0 : Math.max(0, ...evidence.brokenRuns);
  return violations.runs < least || violations.runs > sum(evidence.brokenRuns)
    ? `crashPoints.violations: ${violations.runs} runs, but the promises say otherwise`
    : undefined;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
