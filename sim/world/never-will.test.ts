import { expect, it } from "vitest";
import { brokenPromises, runPlan } from "../../scenarios/runs/run-plan.ts";
import { fullWalletPlan } from "../../scenarios/testing/full-wallet-plan.ts";
import { createSimulatedWorld } from "./world.ts";

it("a payment that no balance can hold is FAILED with its own reason, and every partition goes on", async () => {
  const outcome = await runPlan(await createSimulatedWorld(), fullWalletPlan());
  const { books } = outcome;
  const statuses = [...books.payments.values()].map(({ id, status, reason }) => {
    return `${books.keys.get(id)} ${status} ${reason ?? ""}`.trim();
  });
  expect(statuses.toSorted()).toEqual([
    "full FAILED limit_exceeded",
    ...Array.from({ length: 12 }, (_, index) => `p${index + 10} COMPLETED`),
  ]);
  expect(brokenPromises(outcome)).toEqual([]);
});
