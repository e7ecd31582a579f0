import { expect, it } from "vitest";
import { credentialsOf } from "../../scenarios/plans/callers.ts";
import { processesAnswering } from "../../scenarios/plans/topology.ts";
import { samplePlan } from "../../scenarios/testing/sample-plan.ts";
import { createSimulatedWorld } from "./world.ts";

/** What `GET /ledger/verify` says when somebody has been at the database. */
async function verdictAfter(sql: string): Promise<unknown> {
  const plan = samplePlan({ wallets: [] });
  const world = await createSimulatedWorld();
  const { value } = await world.run(plan, async (universe) => {
    await universe.heal(60_000);
    const [wallet = ""] = processesAnswering(plan.topology, "wallet");
    const key = credentialsOf("operator", "");
    const headers = { ...key, "idempotency-key": "d1" };
    for (const id of ["salim", "fatma"]) {
      const body = { id, funding: "10.000", currency: "OMR" };
      await universe.request(wallet, { method: "POST", path: "/wallets", headers: key, body });
    }
    const body = { amount: "1.000", currency: "OMR" };
    const path = "/wallets/salim/deposits";
    await universe.request(wallet, { method: "POST", path, headers, body });
    await universe.query("wallet", sql);
    return universe.request(wallet, { method: "GET", path: "/ledger/verify", headers: key });
  });
  return value.body;
}

const SALIMS = "UPDATE ledger_entries SET";
const SECOND = "WHERE wallet_id = 'salim' AND position = 2";
const salimFound = (position: string, found: unknown) => ({
  holds: false,
  accounts: 3,
  entries: expect.any(Number),
  faults: [{ accountId: "salim", position, found }],
});

it("holds while nobody has been at it", async () => {
  expect(await verdictAfter("SELECT 1")).toEqual({
    holds: true,
    accounts: 3,
    entries: 6,
    faults: [],
  });
});

it.each([
  ["an amount", `${SALIMS} amount_minor = 1001 ${SECOND}`, "2", /hash does not recompute/],
  [
    "a running balance",
    `${SALIMS} balance_after_minor = 12000 ${SECOND}`,
    "2",
    /hash does not recompute/,
  ],
  ["a time", `${SALIMS} posted_at_ms = 1 ${SECOND}`, "2", /hash does not recompute/],
  ["a cause", `${SALIMS} external_transfer_id = 'x' WHERE id = 6`, "2", /does not recompute/],
  ["a hash", `${SALIMS} hash = 'x' ${SECOND}`, "2", /does not recompute/],
  [
    "an entry that is gone from the end",
    `DELETE FROM ledger_entries ${SECOND}`,
    "1",
    /its chain ends at entry 1$/,
  ],
  [
    "an entry that is gone from the middle",
    "DELETE FROM ledger_entries WHERE wallet_id = 'salim' AND position = 1",
    "2",
    /^expected entry 1$/,
  ],
  [
    "a balance",
    "UPDATE wallets SET balance_minor = 1 WHERE id = 'salim'",
    "2",
    /holds 1 minor units/,
  ],
])("tells %s that was changed, with its account and position", async (_, sql, position, found) => {
  expect(await verdictAfter(sql)).toEqual(salimFound(position, expect.stringMatching(found)));
});
