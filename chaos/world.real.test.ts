import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessContract } from "../scenarios/contracts/access-contract.ts";
import { apiContract } from "../scenarios/contracts/api-contract.ts";
import { checkApi } from "../scenarios/contracts/api-stage.ts";
import type { ProcessTrigger } from "../scenarios/faults/trigger.ts";
import { credentialsOf } from "../scenarios/plans/callers.ts";
import type { Plan } from "../scenarios/plans/plan.ts";
import type { Topology } from "../scenarios/plans/topology.ts";
import { brokenPromises, runPlan } from "../scenarios/runs/run-plan.ts";
import { fullWalletPlan } from "../scenarios/testing/full-wallet-plan.ts";
import { crashAt, samplePlan, sampleTransfer } from "../scenarios/testing/sample-plan.ts";
import type { Universe, UniverseEvent } from "../scenarios/world.ts";
import { DEFAULT_KNOBS } from "../system/process/knobs.ts";
import { SAGA_ROLES } from "../system/process/services.ts";
import { createRealWorld, type RealWorld } from "./world.ts";

let world: RealWorld;
beforeAll(async () => {
  world = await createRealWorld();
});
afterAll(() => world?.close());

test("a payment survives a crash of its service between commit and publish", async () => {
  const fault = crashAt("payment-1/payment-db/accept.commit#3", "after");
  const outcome = await runPlan(world, planOf({ faults: [fault] }));
  expect(outcome.fired).toEqual(new Set([0]));
  expect(brokenPromises(outcome)).toEqual([]);
  expect(happened(outcome.happenings, "fault", "restart")).toEqual([
    "payment-1 fault",
    "payment-1 restart",
  ]);
  const statuses = [...outcome.books.payments.values()].map(({ id, status, reason }) => {
    return `${outcome.books.keys.get(id)} ${status} ${reason ?? ""}`.trim();
  });
  // The fourth is the 50 OMR transfer from a wallet that holds 10.
  expect(statuses.toSorted()).toEqual([
    "p1 COMPLETED",
    "p2 COMPLETED",
    "p3 COMPLETED",
    expect.stringMatching(/^p4 FAILED ./),
    "p5 COMPLETED",
    "p6 COMPLETED",
  ]);
});

test("a verdict survives a crash of the wallet before it is published, in a universe as good as new", async () => {
  const fault = crashAt("wallet-1/kafka/produce#1", "before");
  const outcome = await runPlan(world, planOf({ faults: [fault] }));
  expect(outcome.fired).toEqual(new Set([0]));
  expect(brokenPromises(outcome)).toEqual([]);
  // Nothing of the run before: the same keys would have found its payments, the wallets its
  // balances.
  expect(outcome.books.payments.size).toBe(6);
  expect(outcome.books.fundingMinor).toEqual(new Map([["OMR", 135_000n]]));
  expect(happened(outcome.happenings, "exit")).toEqual([]);
});

test("a payment that no balance can hold is FAILED with its own reason, and every partition goes on", async () => {
  const outcome = await runPlan(world, fullWalletPlan());
  expect(brokenPromises(outcome)).toEqual([]);
  const ended = [...outcome.books.payments.values()].map(({ status, reason }) => reason ?? status);
  expect(ended.toSorted()).toEqual([
    ...Array.from({ length: 12 }, () => "COMPLETED"),
    "limit_exceeded",
  ]);
});

test.each([...apiContract, ...accessContract])("$claim", async (claim) => {
  await expect(checkApi(world, samplePlan(), claim)).resolves.toBeUndefined();
});

test("a service that commits, then emits loses its event when it is killed in between", async () => {
  const fault = crashAt("payment-1/payment-db/accept.commit#1", "after");
  const { value } = await world.run(planOf({ faults: [fault], mutant: "F0" }), async (universe) => {
    const first = await pay(universe);
    await universe.heal(60_000);
    const second = await pay(universe);
    const rows = await universe.query("payment", "SELECT status FROM payments");
    return { first, second, rows, records: await universe.records("payment.created") };
  });
  expect(value).toEqual({
    first: "no answer",
    second: 202,
    rows: [{ status: "PENDING" }],
    records: [],
  });
});

test("a fault that has not fired when the run heals does not fire any more", async () => {
  const fault = crashAt("payment-1/payment-db/accept.commit#1", "before");
  const { value, effects } = await world.run(planOf({ faults: [fault] }), async (universe) => {
    const events: UniverseEvent[] = [];
    universe.watch((event) => events.push(event));
    await universe.heal(60_000);
    return {
      answer: await pay(universe),
      fired: universe.firedFaults(),
      crashes: happened(events, "fault"),
    };
  });
  expect(value).toEqual({ answer: 202, fired: new Set(), crashes: [] });
  expect(effects).toBeGreaterThan(0);
});

test.each([
  "payment-1/payment-db/accept.commit#2",
  "payment-1/http/answer#2",
  "payment-1/kafka/produce#1",
  "wallet-1/wallet-db/transfer.commit#2",
  "wallet-1/kafka/commit-offset#2",
])("a reply to %s that is lost loses nothing, and its process lives", async (effect) => {
  const outcome = await runPlan(world, planOf({ faults: [{ kind: "lost-reply", effect }] }));
  expect(outcome.fired).toEqual(new Set([0]));
  expect(brokenPromises(outcome)).toEqual([]);
  expect(outcome.books.payments.size).toBe(6);
  expect(happened(outcome.happenings, "exit", "restart")).toEqual([]);
});

test.each<[string, ProcessTrigger]>([
  ["at an effect", { on: "effect", effect: "wallet-1/kafka/deliver#2", side: "before" }],
  ["at a time", { on: "time", process: "payment-1", atMs: 120 }],
])("a process that is stopped %s goes on, and nothing is lost", async (_when, trigger) => {
  const fault = { kind: "pause", trigger, lastsMs: 1_500 } as const;
  const outcome = await runPlan(world, planOf({ faults: [fault] }));
  expect(outcome.fired).toEqual(new Set([0]));
  expect(brokenPromises(outcome)).toEqual([]);
  expect(happened(outcome.happenings, "exit", "restart")).toEqual([]);
  const [begin, end] = outcome.happenings.filter((happening) => happening.kind === "fault");
  expect([begin?.phase, end?.phase]).toEqual(["begin", "end"]);
  expect((end?.atMs ?? 0) - (begin?.atMs ?? 0)).toBeGreaterThanOrEqual(1_400);
});

test.each<[string, ProcessTrigger]>([
  ["before it answers", { on: "effect", effect: "payment-1/http/answer#2", side: "before" }],
  [
    "before it decides",
    { on: "effect", effect: "wallet-1/wallet-db/transfer.commit#2", side: "before" },
  ],
  ["at a time", { on: "time", process: "payment-1", atMs: 120 }],
])("a process that is told to stop %s finishes, and starts again", async (_when, trigger) => {
  const fault = { kind: "stop", trigger, restartAfterMs: 200 } as const;
  const outcome = await runPlan(world, planOf({ faults: [fault] }));
  expect(outcome.fired).toEqual(new Set([0]));
  expect(brokenPromises(outcome)).toEqual([]);
  expect(outcome.books.payments.size).toBe(6);
  expect(happened(outcome.happenings, "exit")).toEqual([]);
  expect(happened(outcome.happenings, "restart")).toHaveLength(1);
});

test("a process that is killed at a time starts again", async () => {
  const trigger = { on: "time", process: "wallet-1", atMs: 120 } as const;
  const fault = { kind: "crash", trigger, restartAfterMs: 200 } as const;
  const outcome = await runPlan(world, planOf({ faults: [fault] }));
  expect(outcome.fired).toEqual(new Set([0]));
  expect(brokenPromises(outcome)).toEqual([]);
  expect(happened(outcome.happenings, "fault", "exit", "restart")).toEqual([
    "wallet-1 fault",
    "wallet-1 restart",
  ]);
});

test("two processes of one service share its work, the relay of one switched off by its roles", async () => {
  const topology: Topology = [
    { name: "payment-1", roles: ["payment-api", "payment-relay", "payment-settle"] },
    { name: "payment-2", roles: ["payment-api", "payment-settle"] },
    { name: "wallet-1", roles: ["wallet-api", "wallet-transfer", "wallet-relay"] },
  ];
  // Every second client goes to the second process: it answers, so the reply can be lost there.
  const fault = { kind: "lost-reply", effect: "payment-2/http/answer#3" } as const;
  const outcome = await runPlan(world, planOf({ topology, faults: [fault] }));
  expect(outcome.fired).toEqual(new Set([0]));
  expect(brokenPromises(outcome)).toEqual([]);
  expect(outcome.books.payments.size).toBe(6);
  expect(happened(outcome.happenings, "exit", "restart")).toEqual([]);
});

test("six processes of one role each do together what two do", async () => {
  const topology = SAGA_ROLES.map((role) => ({ name: role, roles: [role] }));
  const outcome = await runPlan(world, planOf({ topology }));
  expect(brokenPromises(outcome)).toEqual([]);
  expect(outcome.books.payments.size).toBe(6);
  expect(happened(outcome.happenings, "exit", "restart")).toEqual([]);
});

test("a plan with more processes than there are seats is refused before anything starts", async () => {
  const topology = Array.from({ length: 7 }, (_, index): Topology[number] => ({
    name: `payment-${index + 1}`,
    roles: ["payment-api"],
  }));
  await expect(world.run(planOf({ topology }), async () => {})).rejects.toThrow(
    "the plan has 7 processes; real servers are set up for 6",
  );
});

test("records are read by partition and offset, and what no group has committed is lag", async () => {
  // The wallet dies before it takes the record in, and stays away.
  const fault = crashAt("wallet-1/kafka/deliver#1", "before", 30_000);
  const { value } = await world.run(planOf({ faults: [fault] }), async (universe) => {
    const crashed = new Promise<void>((resolve) =>
      universe.watch((event) => event.kind === "fault" && resolve()),
    );
    await pay(universe);
    await crashed;
    const records = await universe.records("payment.created");
    return { records, lag: await universe.lag() };
  });
  expect(value.records.map(({ topic, offset }) => `${topic} ${offset}`)).toEqual([
    "payment.created 0",
  ]);
  expect(value.lag).toBe(1);
});

test("a drive that throws ends its universe, and its error comes through", async () => {
  const run = world.run(planOf({}), () => Promise.reject(new Error("the drive failed")));
  await expect(run).rejects.toThrow("the drive failed");
});

test("closing the world in the middle of a run ends the run and leaves nothing behind", async () => {
  const closed = await createRealWorld();
  const folder = closed.logsFolder;
  const begun = Promise.withResolvers<void>();
  const run = closed.run(planOf({}), async (universe) => {
    begun.resolve();
    await universe.sleep(3_600_000);
  });
  const ending = begun.promise.then(() => Promise.all([closed.close(), closed.close()]));
  await expect(run).rejects.toThrow("the real world was closed");
  await ending;
  expect(existsSync(folder)).toBe(false);
  await expect(closed.run(planOf({}), async () => {})).rejects.toThrow("the real world was closed");
});

const WALLETS = [
  { id: "salim", funding: "10.000", currency: "OMR" },
  { id: "maryam", funding: "25.000", currency: "OMR" },
  { id: "fatma", funding: "100.000", currency: "OMR" },
];

function planOf(change: Partial<Pick<Plan, "faults" | "topology" | "mutant">>): Plan {
  const command = (index: number) =>
    sampleTransfer({
      atMs: index * 50,
      idempotencyKey: `p${index + 1}`,
      senderWalletId: index === 3 ? "salim" : "fatma",
      receiverWalletId: "maryam",
      amount: index === 3 ? "50.000" : "1.250",
    });
  const knobs = { ...DEFAULT_KNOBS, relayBatchMax: 5, relayPollMs: 50 };
  const commands = [0, 1, 2, 3, 4, 5].map(command);
  return samplePlan({ wallets: WALLETS, commands, knobs, ...change });
}

function pay(universe: Universe): Promise<number | string> {
  const body = {
    senderWalletId: "fatma",
    receiverWalletId: "maryam",
    amount: "1.250",
    currency: "OMR",
  };
  const headers = { ...credentialsOf("owner", "fatma"), "idempotency-key": "p1" };
  return universe.request("payment-1", { method: "POST", path: "/payments", headers, body }).then(
    (answer) => answer.status,
    () => "no answer",
  );
}

/** `PROCESS KIND` of the events of some kinds, in order. */
function happened(
  events: readonly { readonly kind: string }[],
  ...kinds: readonly string[]
): string[] {
  return events.flatMap((event) =>
    kinds.includes(event.kind) && "process" in event
      ? [`${String(event.process)} ${event.kind}`]
      : [],
  );
}
