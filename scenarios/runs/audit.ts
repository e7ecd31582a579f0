import { idIn } from "../books/client-book.ts";
import type { Plan } from "../plans/plan.ts";
import { isAnswered } from "../plans/topology.ts";
import type { Audit } from "../promises/system-promise.ts";
import type { Universe } from "../world.ts";
import { submit, type Clients } from "./client.ts";

/**
 * Once all else is at rest, an operator has everything compared, with no time left to anything;
 * null where no process of the plan answers for that.
 */
export async function auditAtRest(
  universe: Universe,
  plan: Plan,
  clients: Clients,
): Promise<Audit | null> {
  if (!isAnswered(plan.topology, "reconciliation")) {
    return null;
  }
  const answer = await submit(universe, plan, clients, {
    command: {
      kind: "reconcile",
      atMs: 0,
      scope: "everything",
      pendingMs: 0,
      lostMs: 0,
      expects: "accepted",
    },
  });
  return { runId: idIn(answer?.body) ?? "" };
}
