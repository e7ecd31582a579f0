import fc from "fast-check";
import { formatMoney } from "../../system/domain/money.ts";
import { DEFAULT_KNOBS } from "../../system/process/knobs.ts";
import { databaseResource, HTTP, KAFKA, printEffect } from "../faults/effect-name.ts";
import type { Fault } from "../faults/fault.ts";
import type { Command } from "../plans/commands/command.ts";
import type { WalletOpening } from "../plans/plan.ts";
import type { PlanDraft, Scenario } from "../plans/scenario.ts";
import { ONE_PROCESS_EACH } from "../plans/topology.ts";

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

/** Every effect named here comes at least once for each payment, in either world. */
const PLACES = [
  { service: "payment", resource: databaseResource("payment"), operation: "accept.claim-key" },
  { service: "payment", resource: databaseResource("payment"), operation: "accept.commit" },
  { service: "payment", resource: HTTP, operation: "answer" },
  { service: "payment", resource: KAFKA, operation: "produce" },
  { service: "payment", resource: databaseResource("payment"), operation: "settle.commit" },
  { service: "wallet", resource: databaseResource("wallet"), operation: "transfer.lock-wallets" },
  { service: "wallet", resource: databaseResource("wallet"), operation: "transfer.commit" },
  { service: "wallet", resource: KAFKA, operation: "commit-offset" },
  { service: "wallet", resource: KAFKA, operation: "produce" },
] as const;

/** Scenarios 2 and 13 of the list: replies that are lost, and clients that ask again. */
export const retries: Scenario = {
  name: "retries",
  title: "A request that is repeated, for whatever reason, takes effect once",
  description: [
    "Clients ask for transfers, ten a second. Some of them ask a second time with the same idempotency key, as after a reply that they did not trust: in the same words, which must bring no second payment, or in other words, which must be refused. Some open a wallet that is there already.",
    "In each run one reply is lost after what was asked for took effect, between a service and its database, its broker or its client; and one service is stopped for a moment while the world goes on.",
  ],
  catches: ["K1"],
  drafts: draftArbitrary(),
};

interface Draft {
  readonly payments: readonly DraftPayment[];
  readonly lostReply: {
    readonly isPlanned: number;
    readonly place: number;
    /** Taken modulo the number of payments. */
    readonly index: number;
  };
  readonly pause: {
    readonly isPlanned: number;
    readonly service: "payment" | "wallet";
    /** Taken modulo the time of the load. */
    readonly atMs: number;
    readonly lastsMs: number;
  };
}

interface DraftPayment {
  readonly sender: number;
  readonly step: number;
  readonly amountMinor: number;
  readonly again: "no" | "same-words" | "other-words" | "wallet";
  readonly againAfterMs: number;
}

function draftArbitrary(): fc.Arbitrary<PlanDraft> {
  const payment = fc.record({
    sender: fc.nat({ max: WALLETS.length - 1 }),
    step: fc.integer({ min: 1, max: WALLETS.length - 1 }),
    amountMinor: fc.integer({ min: 1, max: 5_000 }),
    again: fc.constantFrom("no", "no", "same-words", "other-words", "wallet"),
    againAfterMs: fc.integer({ min: 0, max: 1_500 }),
  });
  // Zero leaves a fault out: shrinking may, a draw almost never does.
  const isPlanned = fc.nat({ max: 1_000_000 });
  const draft: fc.Arbitrary<Draft> = fc.record({
    payments: fc.array(payment, { minLength: 1, maxLength: PAYMENTS_MAX, size: "max" }),
    lostReply: fc.record({
      isPlanned,
      place: fc.nat({ max: PLACES.length - 1 }),
      index: fc.nat({ max: PAYMENTS_MAX - 1 }),
    }),
    pause: fc.record({
      isPlanned,
      service: fc.constantFrom("payment", "wallet"),
      atMs: fc.nat({ max: PAYMENTS_MAX * GAP_MS }),
      lastsMs: fc.integer({ min: 50, max: 9_000 }),
    }),
  });
  // Without bias towards small values: a seed should mean a full workload.
  return fc.noBias(draft).map(layOut);
}

function layOut({ payments, lostReply, pause }: Draft): PlanDraft {
  const commands = payments
    .flatMap(layOutCommands)
    .toSorted((left, right) => left.atMs - right.atMs);
  return {
    wallets: WALLETS,
    commands,
    faults: [
      ...layOutLostReply(lostReply, payments.length),
      ...layOutPause(pause, payments.length),
    ],
    topology: ONE_PROCESS_EACH,
    knobs: { ...DEFAULT_KNOBS, relayBatchMax: 1 },
  };
}

function layOutCommands(draft: DraftPayment, index: number): readonly Command[] {
  const { sender, step, amountMinor, again, againAfterMs } = draft;
  const atMs = index * GAP_MS;
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
      return [first, { ...first, ...later }];
    case "other-words":
      return [first, { ...first, ...later, amount: amountOf(amountMinor + 1), expects: "refused" }];
    case "wallet":
      return [first, { kind: "open-wallet", ...later, ...wallet(sender), expects: "accepted" }];
  }
}

function layOutLostReply(
  { isPlanned, place, index }: Draft["lostReply"],
  payments: number,
): readonly Fault[] {
  if (isPlanned === 0) {
    return [];
  }
  const { service, resource, operation } = PLACES[place % PLACES.length] ?? PLACES[0];
  const process = `${service}-1`;
  const ordinal = 1 + (index % payments);
  const effect = printEffect({ process, incarnation: 1, resource, operation, ordinal });
  return [{ kind: "lost-reply", effect }];
}

function layOutPause(
  { isPlanned, service, atMs, lastsMs }: Draft["pause"],
  payments: number,
): readonly Fault[] {
  if (isPlanned === 0) {
    return [];
  }
  const process = `${service}-1`;
  const trigger = { on: "time", process, atMs: atMs % (payments * GAP_MS) } as const;
  return [{ kind: "pause", trigger, lastsMs }];
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
