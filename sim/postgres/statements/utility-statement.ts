import type { PlanOutcome } from "../clauses/statement-plan.ts";
import type { Wait } from "../ground/wait.ts";
import type { Execution } from "../rows/execution.ts";
import type { Field } from "../types/field.ts";

/**
 * A statement that works on its session more than on rows. It needs no snapshot, so it does not fix
 * that of a REPEATABLE READ transaction.
 */
export interface Utility {
  readonly tag: string;
  readonly columns: readonly Field[];
  /** After a `WAIT` it is asked for again. */
  readonly run: (execution: Execution) => PlanOutcome | Wait;
}

const NOTHING: PlanOutcome = { rows: [], count: 0 };

/** One that neither waits nor gives rows. */
export function utility(tag: string, act: (execution: Execution) => void): Utility {
  return {
    tag,
    columns: [],
    run(execution) {
      act(execution);
      return NOTHING;
    },
  };
}
