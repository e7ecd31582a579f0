import fc from "fast-check";
import { formatMoney } from "../../system/domain/money.ts";
import type { Fault } from "../faults/fault.ts";
import type { LostReplyFault } from "../faults/kinds/lost-reply.ts";
import { SILENT_ROLLBACK, type TransientErrorFault } from "../faults/kinds/transient-error.ts";
import type { Command } from "../plans/commands/command.ts";
import type { Level } from "../plans/level.ts";
import type { WalletOpening } from "../plans/plan.ts";
import { leveled, type PlanDraft, type Scenario } from "../plans/scenario.ts";
import type { Schedule } from "../plans/schedule.ts";
import { EVERY_RUN_AIMS } from "./aims.ts";
import { AUDIT_WORDS, auditArbitrary, withAudit, type AuditDraw } from "./audits.ts";
import {
  burstArbitrary,
  DEPLOYMENT_WORDS,
  deploymentArbitrary,
  timesInBursts,
  type Deployment,
} from "./deployment.ts";
import { effectAt, reachedPlaces } from "./reached-places.ts";
import { SCHEDULE_WORDS, scheduleArbitrary } from "./schedules.ts";
import { swarmArbitrary, withSwarm, type Swarm } from "./swarm.ts";

const CURRENCY = "OMR";
const WALLETS: readonly WalletOpening[] = ["aisha", "bilal", "hind"].map((id) => ({
  id,
  funding: "500.000",
  currency: CURRENCY,
}));
const PAYMENTS_MAX = 40;
const GAP_MS = 100;

/**
 * Longer than any pause and the asking after it, so that the first request with a key is the one
 * that was written first.
 */
const AGAIN_AFTER_MS_MIN = 20_000;

/** Scenarios 2 and 13 of the list: replies that are lost, and clients that ask again. */
export const retries: Scenario = {
  name: "retries",
  title: "A request that is repeated, for whatever reason, takes effect once",
  description: [
    "Clients ask for transfers, ten a second, one by one, in bursts or all at once. Some of them ask a second time with the same idempotency key, as after a reply that they did not trust: in the same words, which must bring no second payment, or in other words, which must be refused. Some open a wallet that is there already.",
    DEPLOYMENT_WORDS,
    SCHEDULE_WORDS,
    AUDIT_WORDS,
    "In each run one reply is lost after what was asked for took effect, between a process and its database, its broker or its client; where a service has one consumer, one COMMIT of a consumer is answered with success, and has rolled back; and one process is stopped for a moment while the world goes on, in half of the runs with the transaction open that accepts a payment.",
  ],
  aims: [
    "a key is used again",
    "a key is used for something else",
    "a wallet is opened again",
    ...EVERY_RUN_AIMS,
    "both services are compared",
    "a client asks again",
    "an event comes again",
    "an event that comes again is recognised",
    "a commit that nobody knows the end of is looked up",
    "a message is left to come again",
    "a relay takes the outbox over from another",
    "an outage stops a relay",
    "a relay outlives an outage",
  ],
  catches: ["K1"],
  ...leveled(draftArbitrary),
};

interface Draft {
  readonly payments: readonly DraftPayment[];
  readonly lostReply: {
    /** Taken modulo the number of places that every run reaches. */
    readonly place: number;
    /** Taken modulo how often it is reached. */
    readonly index: number;
  };
  readonly pause: {
    /** Taken modulo the number of processes. */
    readonly process: number;
    /** Taken modulo the time of the load. */
    readonly atMs: number;
    readonly lastsMs: number;
  };
  readonly deployment: Deployment;
  readonly burst: number;
  readonly schedule: Schedule;
  readonly audit: AuditDraw;
  /** Beside the two that each plan has. */
  readonly swarm: Swarm;
  /** Likewise, of the places where a consumer commits. */
  readonly rollback: Draft["lostReply"];
}

interface DraftPayment {
  readonly sender: number;
  readonly step: number;
  readonly amountMinor: number;
  readonly again: "no" | "same-words" | "other-words" | "wallet";
  readonly againAfterMs: number;
}

function draftArbitrary(level: Level): fc.Arbitrary<PlanDraft> {
  const payment = fc.record({
    sender: fc.nat({ max: WALLETS.length - 1 }),
    step: fc.integer({ min: 1, max: WALLETS.length - 1 }),
    amountMinor: fc.integer({ min: 1, max: 5_000 }),
    again: fc.constantFrom("no", "no", "same-words", "other-words", "wallet"),
    againAfterMs: fc.integer({ min: 0, max: 1_500 }),
  });
  const any = fc.nat({ max: 1_000_000 });
  const draft: fc.Arbitrary<Draft> = fc.record({
    payments: fc.array(payment, { minLength: 1, maxLength: PAYMENTS_MAX, size: "max" }),
    lostReply: fc.record({ place: any, index: any }),
    pause: fc.record({
      process: any,
      atMs: fc.nat({ max: PAYMENTS_MAX * GAP_MS }),
      lastsMs: fc
        .integer({ min: 50, max: 9_000 })
        .map((lastsMs) => Math.min(lastsMs, level.lastsMsMax)),
    }),
    deployment: deploymentArbitrary(level),
    burst: burstArbitrary,
    // Last, so that they move no other draw.
    schedule: scheduleArbitrary(),
    audit: auditArbitrary(),
    // What the scenario is about is enough at `rough`.
    swarm: swarmArbitrary({ ...level, moreFaults: Math.max(0, level.moreFaults - 1) }),
    rollback: fc.record({ place: any, index: any }),
  });
  // Without bias towards small values: a seed should mean a full workload.
  return fc.noBias(draft).map(layOut);
}

function layOut(drawn: Draft): PlanDraft {
  const { payments, lostReply, pause, deployment, burst, schedule, audit, swarm, rollback } = drawn;
  const gapsMs = payments.map(() => GAP_MS);
  const timesMs = timesInBursts(gapsMs, burst);
  const commands = payments
    .flatMap((payment, index) => layOutCommands(payment, index, timesMs[index] ?? 0))
    .toSorted((left, right) => left.atMs - right.atMs);
  const lost = layOutLostReply(lostReply, commands, deployment);
  const paused = layOutPause(pause, commands, deployment, lost);
  const rolledBack = layOutRollback(rollback, commands, deployment);
  const faults =
    swarm.faults.length === 0
      ? [lost, paused, ...rolledBack.filter(({ effect }) => effect !== lost.effect)]
      : withSwarm([paused], withLostReply(swarm, lostReply), commands, deployment);
  return withAudit({ wallets: WALLETS, commands, faults, ...deployment, schedule }, audit);
}

function layOutCommands(draft: DraftPayment, index: number, atMs: number): readonly Command[] {
  const { sender, step, amountMinor, again, againAfterMs } = draft;
  const first = {
    kind: "transfer",
    atMs,
    idempotencyKey: `p${index + 1}`,
    senderWalletId: wallet(sender).id,
    receiverWalletId: wallet(sender + step).id,
    amount: amountOf(amountMinor),
    currency: CURRENCY,
    expects: "accepted",
  } as const;
  const later = { atMs: atMs + AGAIN_AFTER_MS_MIN + againAfterMs };
  switch (again) {
    case "no":
      return [first];
    case "same-words":
      // At once, now and then: one of them waits for the other, which may be held up.
      return [first, againAfterMs % 3 === 0 ? first : { ...first, ...later }];
    case "other-words":
      return [first, { ...first, ...later, amount: amountOf(amountMinor + 1), expects: "refused" }];
    case "wallet":
      return [first, { kind: "open-wallet", ...later, ...wallet(sender), expects: "accepted" }];
  }
}

/** A swarm that begins with the reply that is lost in each run. */
function withLostReply({ isOn, faults }: Swarm, { place, index }: Draft["lostReply"]): Swarm {
  const lost = { kind: "lost-reply", place, process: index, atMs: 0, lastsMs: 1 } as const;
  return { isOn: { ...isOn, "lost-reply": true }, faults: [lost, ...faults] };
}

function layOutLostReply(
  { place, index }: Draft["lostReply"],
  commands: readonly Command[],
  deployment: Deployment,
): LostReplyFault {
  const places = reachedPlaces(commands, deployment);
  const reached = places[place % places.length];
  if (reached === undefined) {
    throw new Error("no process answers for payments");
  }
  return { kind: "lost-reply", effect: effectAt(reached, index) };
}

/** None where it is not known which of several processes comes to commit. */
function layOutRollback(
  { place, index }: Draft["rollback"],
  commands: readonly Command[],
  deployment: Deployment,
): readonly TransientErrorFault[] {
  const places = reachedPlaces(commands, deployment).filter(({ operation }) =>
    ["transfer.commit", "settle.commit"].includes(operation),
  );
  const reached = places[place % Math.max(1, places.length)];
  return reached === undefined
    ? []
    : [{ kind: "transient-error", effect: effectAt(reached, index), code: SILENT_ROLLBACK }];
}

/**
 * At a moment of the load, or with a transaction open that has its place in the outbox already: but
 * not where the reply that is lost is one of that process's accepting, whose end it then never
 * comes to.
 */
function layOutPause(
  { process, atMs, lastsMs }: Draft["pause"],
  commands: readonly Command[],
  deployment: Deployment,
  lost: LostReplyFault,
): Fault {
  const { topology } = deployment;
  const accepting = reachedPlaces(commands, deployment).filter(
    ({ operation }) => operation === "accept.commit",
  );
  const place = accepting[process % Math.max(1, accepting.length)];
  const endsThere =
    place !== undefined && !lost.effect.startsWith(`${place.process}/${place.resource}/accept.`);
  if (endsThere && atMs % 2 === 0) {
    const effect = effectAt(place, Math.floor(atMs / 2));
    return { kind: "pause", trigger: { on: "effect", effect, side: "before" }, lastsMs };
  }
  const { name } = topology[process % topology.length] ?? { name: "" };
  const loadMs = 1 + Math.max(0, ...commands.map((each) => each.atMs));
  return {
    kind: "pause",
    trigger: { on: "time", process: name, atMs: atMs % Math.min(loadMs, PAYMENTS_MAX * GAP_MS) },
    lastsMs,
  };
}

function amountOf(minor: number): string {
  return formatMoney({ amountMinor: BigInt(minor), currency: CURRENCY });
}

function wallet(index: number): WalletOpening {
  const opening = WALLETS[index % WALLETS.length];
  if (opening === undefined) {
    throw new Error("there are no wallets");
  }
  return opening;
}
