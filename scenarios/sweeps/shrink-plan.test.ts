import { expect, it } from "vitest";
import { demandEffect } from "../faults/effect-name.ts";
import { triggerOf, type Fault } from "../faults/fault.ts";
import { processOf } from "../faults/trigger.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import type { Plan } from "../plans/plan.ts";
import { ONE_PROCESS_EACH } from "../plans/topology.ts";
import { crashAt, samplePlan, sampleTransfer } from "../testing/sample-plan.ts";
import { shrinkPlan, type SmallestPlan } from "./shrink-plan.ts";

const KNOBS = {
  relayBatchMax: 3,
  relayPollMs: 20,
  relayLingerMs: 30,
  relayLeaseMs: 700,
  relayAttemptsMax: 2,
  outboxKeptSeconds: 4,
  acceptBatchMax: 6,
  consumeBatchMax: 7,
  consumeAttemptsMax: 2,
  consumeRetryDelayMs: 7,
  sessionTimeoutMs: 9_000,
};

function planOf(change: Partial<Plan> = {}): Plan {
  return samplePlan({
    wallets: ["salim", "fatma", "noor"].map((id) => ({ id, funding: "10.000", currency: "OMR" })),
    commands: Array.from({ length: 80 }, (_, index) =>
      sampleTransfer({ idempotencyKey: `p${index + 1}`, atMs: index * 10, amount: "3.000" }),
    ),
    faults: [crashAt("payment-1/payment-db/accept.commit#41", "after")],
    knobs: KNOBS,
    ...change,
  });
}

/** What is left when a plan is broken as long as that is so, and how many variants it took. */
async function smallest(
  plan: Plan,
  isBroken: (plan: Plan) => boolean,
  runsMax = 500,
): Promise<SmallestPlan & { readonly runs: number }> {
  let runs = 0;
  const tryPlan = async (variant: Plan) => {
    runs += 1;
    return runs > runsMax ? undefined : isBroken(variant);
  };
  return { ...(await shrinkPlan(plan, tryPlan)), runs };
}

const keysOf = ({ commands }: Plan): readonly string[] =>
  commands.flatMap((command) => (command.kind === "transfer" ? [command.idempotencyKey] : []));
const has = (plan: Plan, ...keys: readonly string[]): boolean =>
  keys.every((key) => keysOf(plan).includes(key));

it("leaves out a fault that the breach does not need", async () => {
  const { plan, isMinimal } = await smallest(planOf(), (each) => has(each, "p7"));
  expect(plan.faults).toEqual([]);
  expect(isMinimal).toBe(true);
});

it("finds two commands among eighty, and leaves them as far apart as they were", async () => {
  const { plan, isMinimal, runs } = await smallest(planOf(), (each) => has(each, "p7", "p66"));
  expect(plan.commands.map(({ atMs }) => atMs)).toEqual([0, 590]);
  expect(keysOf(plan)).toEqual(["p7", "p66"]);
  expect(isMinimal).toBe(true);
  expect(runs).toBeLessThan(100);
});

/** The crash strikes only where so many payments come before it. */
const reaches = ({ commands, faults }: Plan): boolean =>
  faults.some((fault) => {
    const trigger = triggerOf(fault);
    return trigger.on === "effect" && demandEffect(trigger.effect).ordinal <= commands.length;
  });

it("keeps a fault at an effect that the fewer commands still reach", async () => {
  const { plan } = await smallest(planOf(), reaches);
  expect(plan.commands).toHaveLength(1);
  expect(plan.faults).toEqual([crashAt("payment-1/payment-db/accept.commit#1", "after", 0)]);
});

it("lets a fault stay behind the commands that it needs before it", async () => {
  const { plan, isMinimal } = await smallest(
    planOf(),
    (each) => reaches(each) && has(each, "p12", "p40") && !isAtFirst(each),
  );
  expect(keysOf(plan)).toEqual(["p12", "p40"]);
  expect(plan.faults).toEqual([crashAt("payment-1/payment-db/accept.commit#2", "after", 0)]);
  expect(isMinimal).toBe(true);
});

function isAtFirst({ faults }: Plan): boolean {
  return faults.some((fault) => {
    const trigger = triggerOf(fault);
    return trigger.on === "effect" && trigger.effect.endsWith("#1");
  });
}

it("drops idle wallets, lowers amounts, and takes the knobs that ship", async () => {
  const { plan } = await smallest(planOf(), (each) => has(each, "p7"));
  expect(plan.wallets.map(({ id }) => id)).toEqual(["salim", "fatma"]);
  expect(plan.commands).toMatchObject([{ amount: "0.001" }]);
  expect(plan.knobs).toEqual(samplePlan().knobs);
});

it("lowers an amount no further than the breach goes with it, and a knob not where it matters", async () => {
  const { plan, runs } = await smallest(
    planOf(),
    ({ commands, knobs }) =>
      knobs.relayBatchMax < 5 &&
      commands.some((each) => each.kind === "transfer" && Number(each.amount) >= 1.234),
  );
  expect(plan.commands).toMatchObject([{ amount: "1.234" }]);
  expect(runs).toBeLessThan(60);
  expect(plan.knobs).toEqual({ ...samplePlan().knobs, relayBatchMax: 3 });
});

it("leaves a command that is right only after another never alone, and their words apart", async () => {
  const first = { idempotencyKey: "p1", amount: "3.000" };
  const commands: readonly TransferCommand[] = [
    sampleTransfer(first),
    sampleTransfer({ ...first, atMs: 10 }),
    sampleTransfer({ ...first, atMs: 20, amount: "3.500", expects: "refused" }),
    sampleTransfer({ idempotencyKey: "p2" }),
  ];
  const { plan } = await smallest(planOf({ commands }), (each) =>
    each.commands.some(({ expects }) => expects === "refused"),
  );
  expect(plan.commands.map((each) => (each.kind === "transfer" ? each.amount : ""))).toEqual([
    "0.001",
    "0.001",
    "0.002",
  ]);
});

it("moves a fault to the process that does the work where there are fewer processes", async () => {
  const topology = [
    { name: "front", roles: ["payment-api", "wallet-api"] as const },
    { name: "back", roles: ["payment-relay", "payment-settle", "wallet-relay"] as const },
    { name: "mover", roles: ["wallet-transfer"] as const },
  ];
  const faults = [crashAt("mover/wallet-db/transfer.commit#9", "after")];
  const { plan } = await smallest(planOf({ topology, faults }), (each) => each.faults.length === 1);
  expect(plan.topology).toEqual(ONE_PROCESS_EACH);
  expect(plan.faults.map((fault) => processOf(triggerOf(fault)))).toEqual(["wallet-1"]);
});

it("lets a fault strike earlier, and last no longer than the breach needs", async () => {
  const faults: readonly Fault[] = [
    { kind: "outage", server: "kafka", atMs: 3_000, lastsMs: 40_000 },
    {
      kind: "crash",
      trigger: { on: "time", process: "wallet-1", atMs: 900 },
      restartAfterMs: 1_000,
    },
  ];
  const { plan } = await smallest(
    planOf({ faults }),
    (each) =>
      each.faults.every((fault) =>
        fault.kind === "outage" ? fault.lastsMs > 9_000 && fault.atMs >= 1_000 : true,
      ) && each.faults.length === 2,
  );
  expect(plan.faults).toEqual([
    { kind: "outage", server: "kafka", atMs: 1_500, lastsMs: 10_000 },
    { kind: "crash", trigger: { on: "time", process: "wallet-1", atMs: 0 }, restartAfterMs: 0 },
  ]);
});

it("moves a fault of a link to the process that has it where there are fewer processes", async () => {
  const topology = [
    { name: "front", roles: ["payment-api", "wallet-api"] as const },
    { name: "back", roles: ["payment-relay", "payment-settle", "wallet-relay"] as const },
    { name: "mover", roles: ["wallet-transfer"] as const },
  ];
  const faults = (["payment-db", "wallet-db"] as const).map((to): Fault => ({
    kind: "reset-link",
    process: "front",
    to,
    atMs: 0,
  }));
  const { plan } = await smallest(planOf({ topology, faults }), (each) => each.faults.length === 2);
  expect(plan.topology).toEqual(ONE_PROCESS_EACH);
  expect(plan.faults.map((fault) => processOf(triggerOf(fault)))).toEqual([
    "payment-1",
    "wallet-1",
  ]);
});

it("says that it is not known to be minimal when the variants ran out", async () => {
  const { isMinimal, runs } = await smallest(planOf(), (each) => has(each, "p7", "p66"), 10);
  expect(isMinimal).toBe(false);
  expect(runs).toBe(11);
});

it("gives the plan back as it is when no smaller one is broken", async () => {
  const { plan, isMinimal } = await smallest(planOf(), () => false, 2_000);
  expect(plan).toEqual(planOf());
  expect(isMinimal).toBe(true);
});

it("leaves out what asks for the same again, where the breach does not need it, and not what it builds on", async () => {
  const commands = [sampleTransfer(), sampleTransfer({ atMs: 10 }), sampleTransfer({ atMs: 20 })];
  const { plan } = await smallest(
    planOf({ commands, faults: [] }),
    (each) => each.commands.length > 1,
  );
  expect(plan.commands.map(({ atMs }) => atMs)).toEqual([0, 10]);
});
