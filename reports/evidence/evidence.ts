import type { CrashPointsEvidence } from "./crash-points-evidence.ts";

/**
 * Evidence: what a run of the testbed did and found, as data. It is written as JSON (see
 * `evidence-codec.ts`), and every page and message is rendered from it alone.
 *
 * Same code, same command, same bytes: evidence of the simulated world holds no host name and no
 * path of a machine, and nothing of a wall clock or of Node but in its part `made`.
 */
export interface Evidence {
  readonly format: "falconpay-evidence";
  readonly version: 5;
  /** The version of this product that made the evidence, as in package.json. */
  readonly product: string;
  /** The code that made it: with other code the same command makes other evidence. */
  readonly code: EvidenceCode;
  readonly scenario: EvidenceScenario;
  readonly world: "sim" | "real";
  /**
   * The known-bad variant that replaced a part of the services, or null for the services as they
   * ship.
   */
  readonly mutant: EvidenceMutant | null;
  /** How hard the scenario goes at the services; null where its faults were not drawn. */
  readonly level: LevelEvidence | null;
  /**
   * The seeds asked for, and how many of them were run: fewer than asked for when `ended` says that
   * it was not complete, and only a part of them where there is a shard.
   */
  readonly seeds: { readonly first: number; readonly last: number; readonly completed: number };
  /** Which part of the seeds was asked for; null for all of them. */
  readonly shard: ShardEvidence | null;
  readonly ended: Ended;
  readonly verdict: Verdict;
  /** Why the verdict is `unknown`: one sentence each. Empty otherwise. */
  readonly doubts: readonly string[];
  readonly totals: EvidenceTotals;
  /** What was done to the services, by kind of fault. Empty when nothing was planned. */
  readonly faults: readonly FaultEvidence[];
  /**
   * The kinds of fault that the testbed knows and this scenario did not plan: their plural nouns.
   */
  readonly faultsNotTried: readonly string[];
  /**
   * How often the runs came to each case that workloads aim at. What was never reached is there,
   * too, with 0. Empty when no run was completed.
   */
  readonly cases: readonly CaseEvidence[];
  /** The certificate of `falconpay crash-points`; null for every other command. */
  readonly crashPoints: CrashPointsEvidence | null;
  /** How much of what runs can come to was seen. */
  readonly statistics: {
    /** Of traces, the whole of what happens in a run; null in the real world, which has none. */
    readonly traces: VarietyEvidence | null;
    /** Of situations: a fault of that kind struck at that place, in a run with that case. */
    readonly situations: VarietyEvidence;
  };
  readonly promises: readonly PromiseEvidence[];
  readonly findings: readonly Finding[];
  /**
   * One hash over the trace hashes of all runs, in seed order; null in the real world, which has
   * none.
   */
  readonly traceHash: string | null;
  /** What a run in this world does not show, a sentence each. */
  readonly limits: readonly string[];
  /** Versions of the real servers, by name; empty in the simulated world. */
  readonly servers: readonly { readonly name: string; readonly version: string }[];
  /** The command that made this evidence, with every option that changes what it says. */
  readonly command: string;
  /**
   * After a pass: when the same code was last seen to fail the same scenario, with a part of the
   * services broken on purpose. Empty where that was not tried.
   */
  readonly seenToFail: readonly SeenToFail[];
  /** On what it was made, and when (ISO 8601): the only part that may differ when made again. */
  readonly made: { readonly node: string; readonly at: string };
}

export interface EvidenceCode {
  /** Null where it is no clone. */
  readonly commit: string | null;
  /** Whether the tree was as committed; null where there is no commit. */
  readonly isClean: boolean | null;
  /** Over sources and lock file. */
  readonly digest: string;
}

/**
 * Why no more seeds were run: all were, or one broke a promise and was to be the last, the time
 * that was given was over, it was stopped from outside, or an error of the testbed ended it.
 */
export type Ended = "complete" | "first-failure" | "time-limit" | "interrupted" | "error";

/**
 * One of several parts of the seeds: of `count` parts, `index` (from 1) has every `count`th seed,
 * from the `index`th on. With it is kept what sums cannot hold, so that the parts can be merged.
 */
export interface ShardEvidence {
  readonly index: number;
  readonly count: number;
  /** Of each run, in the order of the seeds; empty in the real world. */
  readonly traceHashes: readonly string[];
  /** In how many runs each situation was seen. Sorted by name. */
  readonly situations: readonly { readonly name: string; readonly runs: number }[];
}

/** A level by its name, and what it comes to. */
export interface LevelEvidence {
  readonly name: string;
  readonly settings: readonly { readonly name: string; readonly value: string }[];
}

/** Kinds that were met, as one counts species. */
export interface VarietyEvidence {
  /** Meetings: a run is one with its trace, and one with each of its situations. */
  readonly seen: number;
  readonly distinct: number;
  /** Kinds that were met in one run only. */
  readonly once: number;
}

/** A mutant that was run beside a pass. */
export interface SeenToFail {
  readonly mutant: string;
  readonly defect: string;
  /** The promise that broke; null when none did. */
  readonly promise: string | null;
  /** The seed that broke it, or the last one tried. */
  readonly seed: number;
  /** How many runs it took. */
  readonly runs: number;
}

/** `unknown`: a planned fault never fired, or nothing was exercised; never taken for a pass. */
export type Verdict = "pass" | "fail" | "unknown";

export interface EvidenceScenario {
  readonly name: string;
  readonly title: string;
  /** What is tried, in sentences for someone who has never seen the code. */
  readonly description: readonly string[];
}

export interface EvidenceMutant {
  readonly id: string;
  readonly defect: string;
}

export interface EvidenceTotals {
  readonly runs: number;
  readonly payments: number;
  readonly completed: number;
  readonly failed: number;
  /** Payments that ended FAILED, by the reason given. Sorted by reason. */
  readonly refusals: readonly { readonly reason: string; readonly count: number }[];
  /** Exchanges between a service and the outside: its database, the broker, its clients. */
  readonly effects: number;
  /** Commits seen and judged one by one; 0 in the real world, where only the end is judged. */
  readonly commitsJudged: number;
  /** Events that reached a consumer more than once. */
  readonly duplicateDeliveries: number;
  /** Whole milliseconds, over all runs. */
  readonly simulatedMs: number;
}

/** One kind of fault, over all runs. */
export interface FaultEvidence {
  /** For example `crash`, `lost-reply`. */
  readonly kind: string;
  /** The nouns for one of them and for several. */
  readonly one: string;
  readonly many: string;
  /** What such a fault does, for someone who has never seen the code. */
  readonly sentence: string;
  readonly planned: number;
  readonly fired: number;
  /** Those planned that this world cannot make. */
  readonly impossible: number;
  /** Where they were planned, and how often they fired there. Sorted by process, then place. */
  readonly places: readonly FaultPlace[];
}

export interface FaultPlace {
  readonly process: string;
  /** For example `after payment-db/accept.commit`, `before kafka/produce` or `at a time`. */
  readonly place: string;
  readonly planned: number;
  readonly fired: number;
}

/** A kind of case, over all runs. */
export interface CaseEvidence {
  readonly name: string;
  readonly count: number;
}

export interface PromiseEvidence {
  readonly name: string;
  readonly sentence: string;
  /** When it is judged, in words: "at every commit, and at the end". */
  readonly judged: string;
  /** How many times it was checked. */
  readonly checks: number;
  /** In how many runs it was broken. */
  readonly brokenRuns: number;
}

/** A broken promise, with the smallest case that still breaks it. */
export interface Finding {
  readonly promise: string;
  readonly sentence: string;
  /** The seed whose run broke the promise first. */
  readonly seed: number;
  /** How often it was broken in the smallest case, and out of how many: "1 of 3 payments". */
  readonly extent: string;
  /** The first breach of the smallest case, in one sentence. */
  readonly first: string;
  readonly smallest: {
    readonly commands: number;
    readonly faults: number;
    /** Where its faults strike. */
    readonly faultPlaces: readonly {
      readonly kind: string;
      readonly process: string;
      readonly place: string;
    }[];
    /** How many smaller and other variants were run to get there. */
    readonly tried: number;
    /**
     * Whether it was seen that no single command, with those that ask for the same again, and no
     * single fault can be left out.
     */
    readonly isMinimal: boolean;
    readonly traceHash: string | null;
    /** The whole plan, as in the replay file. */
    readonly plan: Readonly<Record<string, unknown>>;
  };
  /** The smallest failing run, step by step, in sentences. */
  readonly story: readonly StoryStep[];
  /**
   * Name of the file beside the evidence that replays the smallest case, and the command that does.
   */
  readonly replay: { readonly file: string; readonly command: string };
}

export interface StoryStep {
  /** Whole milliseconds since the run began. */
  readonly atMs: number;
  /** Who acts: `client`, `payment-1`, `wallet-1`, `testbed`. */
  readonly actor: string;
  readonly kind:
    | "request"
    | "answer"
    | "commit"
    | "publish"
    | "receive"
    | "fault"
    | "exit"
    | "restart"
    | "note"
    | "end";
  /** The kind of the fault that begins or ends here; null for every other step. */
  readonly fault: string | null;
  readonly text: string;
}
