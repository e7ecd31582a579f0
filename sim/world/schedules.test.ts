import { expect, it } from "vitest";
import { refuseHastily } from "../../scenarios/mutants/hasty-refusal.ts";
import type { Mutant } from "../../scenarios/mutants/mutant.ts";
import type { Schedule } from "../../scenarios/plans/schedule.ts";
import { PROMISES } from "../../scenarios/promises/promises.ts";
import { brokenPromises, runPlan } from "../../scenarios/runs/run-plan.ts";
import { shrinkPlan } from "../../scenarios/sweeps/shrink-plan.ts";
import { samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { inTransaction } from "../../system/database/transaction.ts";
import { appendToOutbox } from "../../system/outbox/append.ts";
import type { Parts } from "../../system/process/parts.ts";
import { transferMoney } from "../../system/wallet/transfer.ts";
import { trySchedules } from "./try-schedules.ts";
import { createSimulatedWorld } from "./world.ts";

type Transfer = Parts["transfer"];
type Race = NonNullable<Mutant["parts"]>;

/**
 * A planted race over two timers of one instant: the refusal is meant to come only where nothing
 * was done before it, and it is asked for second.
 */
const twoTimers: Race = () => ({
  async transfer(ports, created): Promise<Awaited<ReturnType<Transfer>>> {
    let first: "transfer" | "refusal" | undefined;
    const transferDue = ports.clock.sleep(5).then(() => (first ??= "transfer"));
    const refusalDue = ports.clock.sleep(5).then(() => (first ??= "refusal"));
    await Promise.all([transferDue, refusalDue]);
    return first === "refusal" ? refuseHastily(ports, created) : transferMoney(ports, created);
  },
});

/** Where no message is late, eight round trips of a millisecond on average hardly take so long. */
const PATIENCE_MS = 11;

/** A planted race between a transfer and a time-out that takes what is late for refused. */
const timeOut: Race = () => ({
  async transfer(ports, created): Promise<Awaited<ReturnType<Transfer>>> {
    let isDone = false;
    const tooLate = ports.clock.sleep(PATIENCE_MS).then(async () => {
      if (!isDone) {
        await sendRefusals(ports, created);
      }
    });
    const taken = await transferMoney(ports, created);
    isDone = true;
    await tooLate;
    return taken;
  },
});

function sendRefusals(...[ports, created]: Parameters<Transfer>): Promise<void> {
  const failed = created.map(({ trace, payment: { id: paymentId } }) => {
    const head = { id: ports.entropy.uuid(), atMs: ports.clock.nowMs(), trace };
    return { ...head, type: "payment.failed", paymentId, reason: "insufficient_balance" } as const;
  });
  return inTransaction(ports.database, "transfer", (connection) =>
    appendToOutbox(connection, failed),
  );
}

const PLAN = samplePlan({ commands: [sampleTransfer()] });
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

/** The seeds in which a promise breaks, where each is the world's and the schedule's. */
async function foundIn(parts: Race, scheduleOf: (seed: number) => Schedule) {
  const world = await createSimulatedWorld({ parts });
  const found: number[] = [];
  for (const seed of SEEDS) {
    const outcome = await runPlan(world, { ...PLAN, seed, schedule: scheduleOf(seed) });
    if (brokenPromises(outcome).length > 0) {
      found.push(seed);
    }
  }
  return found;
}

const fifo = (): Schedule => ({ kind: "fifo" });
const random =
  (windowUs: number) =>
  (seed: number): Schedule => ({ kind: "random", seed, windowUs });
const pct =
  (depth: number) =>
  (seed: number): Schedule => ({ kind: "pct", seed, depth, choices: 1_000, windowUs: 2_000 });

it("two timers of one instant are found by random and never first in, first out", async () => {
  expect(await foundIn(twoTimers, fifo)).toEqual([]);
  expect((await foundIn(twoTimers, random(0))).length).toBeGreaterThan(2);
});

it("a time-out that is reached where messages are late is found by PCT and by random in a window", async () => {
  expect(await foundIn(timeOut, fifo)).toEqual([]);
  expect(await foundIn(timeOut, random(0))).toEqual([]);
  for (const schedule of [pct(2), pct(3), random(2_000)]) {
    expect((await foundIn(timeOut, schedule)).length).toBeGreaterThan(0);
  }
});

it("enumeration tries every schedule within its bounds, and lists the one that breaks", async () => {
  const bounds = { choices: 20, deviations: 2, windowUs: 0 };
  const trial = { plan: PLAN, promises: PROMISES, bounds, runsMax: 1_000 };
  const sound = await trySchedules(trial);
  expect(sound).toMatchObject({ isWhole: true, isCut: false, broken: null });
  expect(sound.tried).toBe(sound.known);
  expect(sound.tried).toBeGreaterThan(1);

  const { broken } = await trySchedules({ ...trial, parts: twoTimers });
  const { plan, traceHash } = broken ?? { plan: PLAN, traceHash: null };
  expect(plan.schedule.kind).toBe("listed");
  const again = await runPlan(await createSimulatedWorld({ parts: twoTimers }), plan);
  expect(brokenPromises(again)).not.toEqual([]);
  expect(again.traceHash).toBe(traceHash);
});

it("enumeration that is ended early says how many of how many it tried", async () => {
  const bounds = { choices: 20, deviations: 20, windowUs: 500 };
  const tried = await trySchedules({ plan: PLAN, promises: PROMISES, bounds, runsMax: 3 });
  expect(tried).toMatchObject({ tried: 3, isWhole: false });
  expect(tried.known).toBeGreaterThan(3);
});

it("a plan that breaks in any order is made smaller towards first in, first out, and no further than it breaks", async () => {
  const world = await createSimulatedWorld({ parts: twoTimers });
  const [seed = 0] = await foundIn(twoTimers, random(500));
  const plan = { ...PLAN, seed, schedule: random(500)(seed) };
  const isBroken = async (variant: typeof plan) =>
    brokenPromises(await runPlan(world, variant)).length > 0;
  const raced = await shrinkPlan(plan, isBroken);
  expect(raced.plan.schedule.kind).toBe("random");
  const always = await shrinkPlan(plan, async () => true);
  expect(always.plan.schedule).toEqual({ kind: "fifo" });
});
