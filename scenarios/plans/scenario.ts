import type { Arbitrary } from "fast-check";
import { LEVELS, type Level } from "./level.ts";
import type { Plan } from "./plan.ts";

/**
 * What a scenario decides of a plan; the rest (seed, mutant) comes from the run that is asked for.
 */
export type PlanDraft = Omit<Plan, "scenario" | "seed" | "mutant">;

/** One thing that is asked of the system, as a value of the catalogue. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is tried, in sentences for someone who has never seen the code. */
  readonly description: readonly string[];
  /** The names of the promises that are judged; all of them when it names none. */
  readonly promises?: readonly string[];
  /**
   * The cases (`reached-cases.ts`) that at least one in thirty of its runs comes to: a sweep of
   * many that never came to one is no pass. All when it names none.
   */
  readonly aims?: readonly string[];
  /** Mutants that it is known to catch, by id: how to see its checks fail. */
  readonly catches: readonly string[];
  /** Draws workloads, faults, topologies and knobs; a failing plan itself is made smaller. */
  readonly drafts: Arbitrary<PlanDraft>;
  /** The same at a level; `drafts` are those of `rough`. */
  readonly draftsAt: (level: Level) => Arbitrary<PlanDraft>;
}

/** The drafts of a scenario at every level. */
export function leveled(draftsAt: Scenario["draftsAt"]): Pick<Scenario, "drafts" | "draftsAt"> {
  return { drafts: draftsAt(LEVELS.rough), draftsAt };
}
