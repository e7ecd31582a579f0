import { expect, it } from "vitest";
import type { Topology } from "../../scenarios/plans/topology.ts";
import { brokenPromises, runPlan } from "../../scenarios/runs/run-plan.ts";
import { samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { SAGA_ROLES, type Role } from "../../system/process/services.ts";
import { createSimulatedWorld } from "./world.ts";

it("every split of the roles into processes moves the money, and no process ends by itself", async () => {
  const world = await createSimulatedWorld();
  const splits = splitsOf(SAGA_ROLES);
  // Bell's number of six.
  expect(splits.length).toBe(203);
  for (const split of splits) {
    const topology = split.map((roles, index) => ({ name: `process-${index + 1}`, roles }));
    const outcome = await runPlan(world, planOf(topology));
    const statuses = [...outcome.books.payments.values()].map(({ status }) => status);
    const exits = outcome.happenings.filter(({ kind }) => kind === "exit");
    const found = { broken: brokenPromises(outcome), statuses, exits };
    expect(found, JSON.stringify(topology)).toEqual({
      broken: [],
      statuses: ["COMPLETED", "COMPLETED"],
      exits: [],
    });
  }
});

/** Every way to lay the roles out over processes, the order of both left aside. */
function splitsOf(roles: readonly Role[]): readonly (readonly (readonly Role[])[])[] {
  const [first, ...rest] = roles;
  if (first === undefined) {
    return [[]];
  }
  return splitsOf(rest).flatMap((split) => [
    [[first], ...split],
    ...split.map((group, at) => split.with(at, [first, ...group])),
  ]);
}

function planOf(topology: Topology) {
  const commands = [1, 2].map((ordinal) =>
    sampleTransfer({ atMs: ordinal * 50, idempotencyKey: `p${ordinal}` }),
  );
  return samplePlan({ commands, topology });
}
