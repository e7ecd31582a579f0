import type { Ended, LevelEvidence, Verdict } from "./evidence.ts";

/** What the process tells its caller when it ends; `EXIT_CODES` says what each means. */
export type ExitCode = (typeof EXIT_CODES)[number]["code"];

/**
 * Every exit code of the command line, in one table. A name never changes its number: pipelines
 * depend on it.
 */
export const EXIT_CODES = [
  { code: 0, name: "held", meaning: "Every promise that was checked held." },
  { code: 1, name: "broken", meaning: "A promise was broken; the failure text names it." },
  { code: 2, name: "usage", meaning: "The command, an option or an input file is wrong." },
  { code: 3, name: "internal", meaning: "The testbed failed, or one plan gave two traces." },
  { code: 4, name: "environment", meaning: "Something this world needs is missing here." },
  { code: 5, name: "unknown", meaning: "The run proves nothing; the doubts say why." },
] as const;

/** The exit code of a finished run: 0 for `pass`, 1 for `fail`, 5 for `unknown`. */
export function exitCodeOf(verdict: Verdict): ExitCode {
  switch (verdict) {
    case "pass":
      return 0;
    case "fail":
      return 1;
    case "unknown":
      return 5;
  }
}

/** What a verdict is drawn from: counts over all runs, the evidence's own fields. */
export interface VerdictGrounds {
  readonly runs: number;
  readonly payments: number;
  readonly faults: readonly {
    readonly many: string;
    readonly planned: number;
    readonly fired: number;
    readonly impossible: number;
  }[];
  /** What the runs were to come to, and how often they did. */
  readonly cases: readonly { readonly name: string; readonly count: number }[];
  readonly ended: Ended;
  /** How many seeds were asked for; null where they are not what was counted. */
  readonly asked: number | null;
  readonly promises: readonly {
    readonly name: string;
    readonly checks: number;
    readonly brokenRuns: number;
  }[];
}

/**
 * From so many runs on, a case that none of them came to is a doubt: each is one that at least one
 * run in thirty comes to, so that it is missing by chance once in 25 000 times. Fewer runs may miss
 * it.
 */
export const CASE_RUNS_MIN = 300;

/** That holds for what is drawn at the level that scenarios describe. */
export function casesAreDue(level: Pick<LevelEvidence, "name"> | null): boolean {
  return level === null || level.name === "rough";
}

/**
 * Draws the verdict, and the doubts that forbid a pass, one sentence each.
 *
 * A broken promise is `fail` whatever else happened: a doubt cannot unbreak it, so the doubts are
 * empty then. Otherwise each doubt makes the verdict `unknown`: what was not exercised did not
 * pass.
 */
export function verdictOf(grounds: VerdictGrounds): {
  readonly verdict: Verdict;
  readonly doubts: readonly string[];
} {
  if (grounds.promises.some((promise) => promise.brokenRuns > 0)) {
    return { verdict: "fail", doubts: [] };
  }
  const doubts = doubtsAbout(grounds);
  return { verdict: doubts.length === 0 ? "pass" : "unknown", doubts };
}

const UNFINISHED = {
  "first-failure": "it ended at the first failure",
  "time-limit": "its time was over",
  interrupted: "it was stopped",
  error: "an error of the testbed ended it",
} as const satisfies Record<Exclude<Ended, "complete">, string>;

function doubtsAbout(grounds: VerdictGrounds): readonly string[] {
  const doubts: string[] = [];
  const { asked, ended, runs } = grounds;
  if (ended !== "complete") {
    const when = asked === null ? "before all was tried" : `after ${runs} of ${asked} seeds`;
    doubts.push(`Unfinished: ${UNFINISHED[ended]} ${when}.`);
  }
  if (grounds.runs === 0) {
    doubts.push("No run was completed.");
  }
  if (grounds.payments === 0) {
    doubts.push("No payment was made, so nothing was exercised.");
  } else if (grounds.payments < grounds.runs) {
    const idle = grounds.runs - grounds.payments;
    doubts.push(`No payment was made in ${idle} of ${grounds.runs} runs, or in more.`);
  }
  for (const { many, planned, fired, impossible } of grounds.faults) {
    const silent = planned - fired - impossible;
    if (impossible > 0) {
      doubts.push(`${impossible} of ${planned} planned ${many} cannot be made in this world.`);
    }
    if (silent > 0) {
      doubts.push(`${silent} of ${planned} planned ${many} never fired.`);
    }
  }
  if (grounds.runs >= CASE_RUNS_MIN) {
    for (const { name } of grounds.cases.filter(({ count }) => count === 0)) {
      doubts.push(`Never reached in ${grounds.runs} runs: ${name}.`);
    }
  }
  if (grounds.promises.length === 0) {
    doubts.push("No promise was judged.");
  }
  for (const promise of grounds.promises) {
    if (promise.checks === 0) {
      doubts.push(`The promise ${promise.name} was never checked.`);
    }
  }
  return doubts;
}
