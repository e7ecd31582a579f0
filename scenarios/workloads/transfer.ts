import fc from "fast-check";
import type { CrashFault } from "../faults/kinds/crash.ts";
import type { StopFault } from "../faults/kinds/stop.ts";
import type { Trigger } from "../faults/trigger.ts";
import type { Command } from "../plans/commands/command.ts";
import type { Level } from "../plans/level.ts";
import type { WalletOpening } from "../plans/plan.ts";
import { leveled, type PlanDraft, type Scenario } from "../plans/scenario.ts";
import type { Schedule } from "../plans/schedule.ts";
import { EVERY_RUN_AIMS, TRADE_AIMS } from "./aims.ts";
import { asksArbitrary, type Ask } from "./asks.ts";
import { AUDIT_WORDS, auditArbitrary, withAudit, type AuditDraw } from "./audits.ts";
import {
  burstArbitrary,
  DEPLOYMENT_WORDS,
  deploymentArbitrary,
  timesInBursts,
  type Deployment,
} from "./deployment.ts";
import { AskLayout } from "./lay-out-asks.ts";
import { effectAt, processesOf, reachedPlaces } from "./reached-places.ts";
import { SCHEDULE_WORDS, scheduleArbitrary } from "./schedules.ts";
import { swarmArbitrary, withSwarm, type Swarm } from "./swarm.ts";

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
    "Clients ask for transfers between a few wallets, about ten a second, one by one, in bursts or all at once; one wallet takes part in half of them. Among them is the case with which this project began: a transfer of 50 OMR from a wallet that holds 10 OMR, which must be refused. Amounts are aimed at what a sender holds: all of it, a baisa more, a baisa less, what it just got. One wallet holds nearly as much as a balance can.",
    "Some ask for what must be refused, in words that are no request, for wallets that are not there, or between a wallet and itself. Some ask twice with one key, at once or later, in the same words or in others. Money comes in and goes out, wallets are opened, frozen and let go, payments are given back, and clients ask how payments and wallets stand. A client that gets no answer asks again with the same idempotency key.",
    DEPLOYMENT_WORDS,
    SCHEDULE_WORDS,
    AUDIT_WORDS,
    "In each run one process is killed once, at a place chosen by the run's seed: after a transaction has committed and before its event is published; where several processes share that work, at a moment of the load, and there it may be told to stop instead, as in a deployment. It starts again after a moment. Beside it a swarm of up to twelve faults strikes, of kinds that the seed turns on: other processes are killed, told to stop or stopped for a time, replies are lost, and requests to a database or the broker fail.",
  ],
  aims: [
    ...TRADE_AIMS,
    ...EVERY_RUN_AIMS,
    "payments after a moment are looked up",
    "an event comes again",
    "an event that comes again is recognised",
    "a commit that nobody knows the end of is looked up",
    "a message is tried again",
    "a transaction is run again",
    "a deadlock is resolved, and its transaction run again",
    "a process that was told to stop ends",
    "a relay takes the outbox over from another",
    "an outage stops a relay",
    "a relay outlives an outage",
  ],
  catches: ["F0", "L1"],
  ...leveled(draftArbitrary),
};

interface Draft {
  readonly asks: readonly Ask[];
  /** Its place among the others. */
  readonly overdraft: number;
  readonly fault: DraftFault;
  readonly swarm: Swarm;
  readonly deployment: Deployment;
  readonly burst: number;
  readonly schedule: Schedule;
  readonly audit: AuditDraw;
}

interface DraftFault {
  readonly service: "payment" | "wallet";
  readonly place: "after-commit" | "before-publish";
  /** Taken modulo what there is to choose from. */
  readonly index: number;
  readonly atMs: number;
  readonly restartAfterMs: number;
}

function draftArbitrary(level: Level): fc.Arbitrary<PlanDraft> {
  const fault = fc.record({
    service: fc.constantFrom("payment" as const, "wallet" as const),
    place: fc.constantFrom("after-commit" as const, "before-publish" as const),
    index: fc.nat({ max: 1_000_000 }),
    atMs: fc.nat({ max: 1_000_000 }),
    restartAfterMs: fc.integer({ min: 50, max: 2_000 }),
  });
  const overdraft = fc.integer({ min: 0, max: 1_000_000 });
  // Without bias towards small values: a seed should mean a full workload.
  const deployment = deploymentArbitrary(level);
  const asks = asksArbitrary(COMMANDS_MAX - 1);
  const draft = fc.record({
    asks,
    overdraft,
    fault,
    swarm: swarmArbitrary(level),
    deployment,
    burst: burstArbitrary,
    // Last, so that they move no other draw.
    schedule: scheduleArbitrary(),
    audit: auditArbitrary(),
  });
  return fc.noBias(draft).map(layOut);
}

function layOut(drawn: Draft): PlanDraft {
  const { asks, overdraft, fault, swarm, deployment, burst, schedule, audit } = drawn;
  const commands = layOutCommands(asks, overdraft, burst);
  const first = layOutFault(fault, commands, deployment);
  const faults = withSwarm([first], swarm, commands, deployment);
  return withAudit({ wallets: WALLETS, commands, faults, ...deployment, schedule }, audit);
}

function layOutCommands(
  asks: readonly Ask[],
  overdraft: number,
  burst: number,
): readonly Command[] {
  const timesMs = timesInBursts(
    asks.map(({ gapMs }) => gapMs),
    burst,
  );
  const layout = new AskLayout(WALLETS, TRADERS, CURRENCY);
  const place = overdraft % (asks.length + 1);
  const overdraw = (atMs: number): void =>
    layout.transfer(atMs, {
      senderWalletId: "salim",
      receiverWalletId: "fatma",
      amount: "50.000",
    });
  for (const [index, ask] of asks.entries()) {
    const atMs = timesMs[index] ?? 0;
    if (index === place) {
      overdraw(atMs);
    }
    layout.add(ask, atMs);
  }
  if (place === asks.length) {
    overdraw(timesMs.at(-1) ?? 0);
  }
  return layout.commands();
}

function layOutFault(
  { service, place, index, atMs, restartAfterMs }: DraftFault,
  commands: readonly Command[],
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
