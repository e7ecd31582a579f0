import fc from "fast-check";
import { formatMoney } from "../../system/domain/money.ts";
import type { CrashFault } from "../faults/kinds/crash.ts";
import type { StopFault } from "../faults/kinds/stop.ts";
import type { Trigger } from "../faults/trigger.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import type { WalletOpening } from "../plans/plan.ts";
import type { PlanDraft, Scenario } from "../plans/scenario.ts";
import {
  burstArbitrary,
  deploymentArbitrary,
  timesInBursts,
  type Deployment,
} from "./deployment.ts";
import { effectAt, processesOf, reachedPlaces } from "./reached-places.ts";

const CURRENCY = "OMR";

/**
 * The seed document's two; the others trade among themselves. What comes to one of them is soon
 * more than a balance can hold.
 */
const WALLETS: readonly WalletOpening[] = [
  { id: "salim", funding: "10.000", currency: CURRENCY },
  { id: "maryam", funding: "25.000", currency: CURRENCY },
  { id: "fatma", funding: "100.000", currency: CURRENCY },
  { id: "khalid", funding: "100.000", currency: CURRENCY },
  { id: "noor", funding: "250.500", currency: CURRENCY },
  { id: "rich", funding: "999999999924.193", currency: CURRENCY },
];

const TRADERS = WALLETS.slice(1).map(({ id }) => id);

const COMMANDS_MAX = 120;

/** So long, at least, there is still something under way after the last request. */
const UNDER_WAY_MS = 50;

/** Where each service has committed and not published: the side, the operation, and whose it is. */
const PLACES = {
  payment: {
    "after-commit": { side: "after", operation: "accept.commit", role: "payment-api" },
    "before-publish": { side: "before", operation: "produce", role: "payment-relay" },
  },
  wallet: {
    "after-commit": { side: "after", operation: "transfer.commit", role: "wallet-transfer" },
    "before-publish": { side: "before", operation: "produce", role: "wallet-relay" },
  },
} as const;

/** Scenario 1 and 22 of the list: a crash between commit and publish, and the 50 OMR transfer. */
export const transfer: Scenario = {
  name: "transfer",
  title: "A payment survives a crash between commit and publish",
  description: [
    "Clients ask for transfers between a few wallets, about ten a second, one by one, in bursts or all at once. Among them is the case with which this project began: a transfer of 50 OMR from a wallet that holds 10 OMR, which must be refused. One wallet holds nearly as much as a balance can, and what does not fit must be refused, too. A client that gets no answer asks again with the same idempotency key.",
    "Each service runs as one to three processes, which have its roles together or apart; half of the knobs are as they ship, the others are drawn.",
    "In each run one process is killed once, at a place chosen by the run's seed: after a transaction has committed and before its event is published; where several processes share that work, at a moment of the load, and there it may be told to stop instead, as in a deployment. It starts again after a moment.",
  ],
  catches: ["F0", "L1"],
  drafts: draftArbitrary(),
};

interface Draft {
  readonly transfers: readonly DraftTransfer[];
  /** Its place among the others. */
  readonly overdraft: number;
  readonly fault: DraftFault;
  readonly deployment: Deployment;
  readonly burst: number;
}

interface DraftTransfer {
  readonly gapMs: number;
  readonly sender: number;
  /** Steps from the sender to the receiver, so that they differ. */
  readonly step: number;
  readonly amountMinor: number;
}

interface DraftFault {
  readonly service: "payment" | "wallet";
  readonly place: "after-commit" | "before-publish";
  /** Taken modulo what there is to choose from. */
  readonly index: number;
  readonly atMs: number;
  readonly restartAfterMs: number;
}

function draftArbitrary(): fc.Arbitrary<PlanDraft> {
  const gapMs = fc.integer({ min: 0, max: 200 });
  const sender = fc.integer({ min: 0, max: TRADERS.length - 1 });
  const step = fc.integer({ min: 1, max: TRADERS.length - 1 });
  const amountMinor = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 1, max: 20_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 200_000 }) },
  );
  const transfers = fc.array(fc.record({ gapMs, sender, step, amountMinor }), {
    minLength: 0,
    maxLength: COMMANDS_MAX - 1,
    size: "max",
  });
  const fault = fc.record({
    service: fc.constantFrom("payment" as const, "wallet" as const),
    place: fc.constantFrom("after-commit" as const, "before-publish" as const),
    index: fc.nat({ max: 1_000_000 }),
    atMs: fc.nat({ max: 1_000_000 }),
    restartAfterMs: fc.integer({ min: 50, max: 2_000 }),
  });
  const overdraft = fc.integer({ min: 0, max: 1_000_000 });
  // Without bias towards small values: a seed should mean a full workload.
  const deployment = deploymentArbitrary();
  const draft = fc.record({ transfers, overdraft, fault, deployment, burst: burstArbitrary });
  return fc.noBias(draft).map(layOut);
}

function layOut({ transfers, overdraft, fault, deployment, burst }: Draft): PlanDraft {
  const commands = layOutCommands(transfers, overdraft, burst);
  const faults = [layOutFault(fault, commands, deployment)];
  return { wallets: WALLETS, commands, faults, ...deployment };
}

function layOutCommands(
  transfers: readonly DraftTransfer[],
  overdraft: number,
  burst: number,
): readonly TransferCommand[] {
  const gapsMs = transfers.map(({ gapMs }) => gapMs);
  const timesMs = timesInBursts(gapsMs, burst);
  const asked = transfers.map(({ sender, step, amountMinor }, index) => ({
    atMs: timesMs[index] ?? 0,
    senderWalletId: trader(sender),
    receiverWalletId: trader(sender + step),
    amount: formatMoney({ amountMinor: BigInt(amountMinor), currency: CURRENCY }),
    currency: CURRENCY,
  }));
  const place = overdraft % (asked.length + 1);
  asked.splice(place, 0, {
    atMs: (asked[place] ?? asked.at(-1))?.atMs ?? 0,
    senderWalletId: "salim",
    receiverWalletId: "fatma",
    amount: "50.000",
    currency: CURRENCY,
  });
  return asked.map((command, index) => ({
    kind: "transfer",
    ...command,
    idempotencyKey: `p${index + 1}`,
    expects: "accepted",
  }));
}

function layOutFault(
  { service, place, index, atMs, restartAfterMs }: DraftFault,
  commands: readonly TransferCommand[],
  deployment: Deployment,
): CrashFault | StopFault {
  const { side, operation, role } = PLACES[service][place];
  const processes = processesOf(deployment.topology, role);
  const places = reachedPlaces(commands, deployment).filter(
    (each) => each.operation === operation && processes.includes(each.process),
  );
  const reached = places[index % Math.max(1, places.length)];
  if (reached !== undefined) {
    const effect = effectAt(reached, Math.floor(index / places.length));
    return { kind: "crash", trigger: { on: "effect", effect, side }, restartAfterMs };
  }
  const loadMs = 1 + (commands.at(-1)?.atMs ?? 0);
  const trigger: Trigger = {
    on: "time",
    process: processes[index % processes.length] ?? "",
    // A moment longer than the load: the last of it is still under way.
    atMs: atMs % (loadMs + UNDER_WAY_MS),
  };
  // What is killed leaves work behind; what is told to stop must not.
  const isKilled = Math.floor(index / processes.length) % 2 === 0;
  return { kind: isKilled ? "crash" : "stop", trigger, restartAfterMs };
}

function trader(index: number): string {
  const id = TRADERS[index % TRADERS.length];
  if (id === undefined) {
    throw new Error("there are no traders");
  }
  return id;
}
