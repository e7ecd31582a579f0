import { beforeAll, describe, expect, it } from "vitest";
import { SCENARIOS } from "../../scenarios/catalogue.ts";
import { LEVELS } from "../../scenarios/plans/level.ts";
import type { Plan } from "../../scenarios/plans/plan.ts";
import { CASE_NAMES, reachedCases } from "../../scenarios/runs/reached-cases.ts";
import { runPlan } from "../../scenarios/runs/run-plan.ts";
import { SAID_CASES } from "../../scenarios/runs/said-cases.ts";
import { planOfSeed } from "../../scenarios/sweeps/draw-plans.ts";
import { crashAt, samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { EVERY_RUN_AIMS, TRADE_AIMS } from "../../scenarios/workloads/aims.ts";
import { outages } from "../../scenarios/workloads/outages.ts";
import type { World } from "../../scenarios/world.ts";
import { createSimulatedWorld } from "./world.ts";

let world: World;

beforeAll(async () => {
  world = await createSimulatedWorld();
});

async function reachedBy(plan: Plan): Promise<readonly string[]> {
  const cases = reachedCases(await runPlan(world, plan, []));
  return cases.filter(({ count }) => count > 0).map(({ name }) => name);
}

describe("the cases that a sweep must reach", () => {
  it("have names of their own, and each is aimed at by a scenario", () => {
    expect(new Set(CASE_NAMES).size).toBe(CASE_NAMES.length);
    const aims = new Set(SCENARIOS.flatMap((scenario) => scenario.aims ?? CASE_NAMES));
    expect(CASE_NAMES.filter((name) => !aims.has(name))).toEqual([]);
    expect([...aims].filter((name) => !CASE_NAMES.includes(name))).toEqual([]);
  });

  it("are not reached where nothing goes wrong: what is left is ordinary", async () => {
    const said = SAID_CASES.map(([name]) => name);
    const plan = await planOfSeed({ scenario: outages, mutant: null, level: LEVELS.rough }, 1);
    const commands = plan.commands.filter(({ kind }) => kind !== "reconcile");
    // Several relays hand the outbox to each other.
    const { topology } = samplePlan();
    const reached = await reachedBy({ ...plan, commands, topology, faults: [] });
    const expected = new Set([...EVERY_RUN_AIMS, ...TRADE_AIMS]);
    expect(reached.filter((name) => said.includes(name) && !expected.has(name))).toEqual([]);
    expect(reached).toEqual(expect.arrayContaining([...EVERY_RUN_AIMS]));
  });

  it.each([
    ["a relay takes the outbox over from another", crashAt("payment-1/kafka/produce#1", "after")],
    [
      "an event that comes again is recognised",
      crashAt("wallet-1/wallet-db/transfer.commit#1", "after"),
    ],
    [
      "a commit that nobody knows the end of is looked up",
      { kind: "lost-reply", effect: "payment-1/payment-db/settle.commit#1" },
    ],
    [
      "a deadlock is resolved, and its transaction run again",
      {
        kind: "transient-error",
        effect: "wallet-1/wallet-db/transfer.lock-wallets#1",
        code: "40P01",
      },
    ],
    [
      "a message is tried again",
      {
        kind: "transient-error",
        effect: "wallet-1/wallet-db/transfer.begin#1",
        code: "53200",
      },
    ],
  ] as const)("are reached by their fault: %s", async (name, fault) => {
    const plan = samplePlan({ commands: [sampleTransfer()] });
    expect(await reachedBy(plan)).not.toContain(name);
    expect(await reachedBy({ ...plan, faults: [fault] })).toContain(name);
  });
});
