import type { PlanOutcome, StatementPlan } from "../clauses/statement-plan.ts";
import type { Steps } from "../ground/wait.ts";
import type { Execution } from "../rows/execution.ts";
import type { Catalog } from "../storage/catalog.ts";

/** What a statement that changes the catalog works with. */
export interface Definition {
  readonly execution: Execution;
  readonly catalog: Catalog;
}

const NOTHING: PlanOutcome = { rows: [], count: 0 };

/**
 * The plan of a statement that changes the catalog, for the transaction whose catalog this is. It
 * looks its names up when it runs, each under the lock that it takes on it, and serves once.
 */
export function planDefinition(
  tag: string,
  catalog: Catalog,
  define: (definition: Definition) => Steps<void>,
): StatementPlan {
  return {
    tag: () => tag,
    columns: [],
    tableLocks: [],
    parameterTypes: [],
    *run(execution) {
      yield* define({ execution, catalog });
      return NOTHING;
    },
  };
}
