import { BREAK_CLASSES } from "../../system/reconciliation/break-classes.ts";
import { fieldIn, idIn, listIn } from "../books/client-book.ts";
import { credentialsOf } from "../plans/callers.ts";
import type { Plan } from "../plans/plan.ts";
import { isAnswered, processesAnswering } from "../plans/topology.ts";
import type { Audit } from "../promises/system-promise.ts";
import { Unanswered, type Universe } from "../world.ts";
import { submit, type Clients } from "./client.ts";

/**
 * Once all else is at rest, an operator has everything compared, with no time left to anything, and
 * the ledger verified; null where no process of the plan answers for that.
 *
 * Where a fault has taken away what only a sweep can bring back, the operator then has published
 * again what can be mended so, and looks once more when `comeToRest` has come to its end.
 */
export async function auditAtRest(
  universe: Universe,
  plan: Plan,
  clients: Clients,
  comeToRest: () => Promise<unknown>,
): Promise<Audit | null> {
  if (!isAnswered(plan.topology, "reconciliation")) {
    return null;
  }
  const audit = await look(universe, plan, clients);
  if (!plan.faults.some(({ kind }) => kind === "planted-break")) {
    return audit;
  }
  const breakIds = await mendable(universe);
  for (const id of breakIds) {
    await repair(universe, plan, id);
  }
  if (breakIds.length === 0) {
    return audit;
  }
  await comeToRest();
  return { ...(await look(universe, plan, clients)), unmended: await mendable(universe) };
}

async function look(universe: Universe, plan: Plan, clients: Clients): Promise<Audit> {
  const run = await submit(universe, plan, clients, {
    command: {
      kind: "reconcile",
      atMs: 0,
      scope: "everything",
      pendingMs: 0,
      lostMs: 0,
      expects: "accepted",
    },
  });
  const ledger = await submit(universe, plan, clients, {
    command: {
      kind: "look-up",
      atMs: 0,
      what: "ledger",
      of: "",
      limit: null,
      only: null,
      expects: "accepted",
    },
  });
  return {
    runId: idIn(run?.body) ?? "",
    faultyAccounts: listIn(ledger?.body, "faults").map((each) => fieldIn(each, "accountId") ?? ""),
    unmended: [],
  };
}

/** The ids of the open breaks that publishing again mends. */
async function mendable(universe: Universe): Promise<readonly string[]> {
  const republished = Object.entries(BREAK_CLASSES)
    .filter(([, { repair: how }]) => how === "republish")
    .map(([name]) => `'${name}'`);
  const rows = await universe.query(
    "reconciliation",
    `SELECT id FROM breaks WHERE state = 'open' AND class IN (${republished.join(", ")})
     ORDER BY id`,
  );
  return rows.map((row) => String(row["id"]));
}

/** Asking again is safe, and so is not to be answered: the next run says what came of it. */
async function repair(universe: Universe, { topology }: Plan, breakId: string): Promise<void> {
  const [process = ""] = processesAnswering(topology, "reconciliation");
  const path = `/reconciliation/breaks/${breakId}/repair`;
  try {
    const headers = credentialsOf("operator", "");
    await universe.request(process, { method: "POST", path, headers });
  } catch (error) {
    if (!(error instanceof Unanswered)) {
      throw error;
    }
  }
}
