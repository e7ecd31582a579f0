import type { PlanOutcome, StatementPlan } from "../clauses/statement-plan.ts";
import { type Steps, WAIT } from "../ground/wait.ts";
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
  const [command = tag] = tag.split(" ");
  return {
    command,
    tag: () => tag,
    columns: [],
    tableLocks: [],
    parameterTypes: [],
    start(execution) {
      const steps = define({ execution, catalog });
      return { step: () => (steps.next().done === true ? NOTHING : WAIT) };
    },
  };
}
