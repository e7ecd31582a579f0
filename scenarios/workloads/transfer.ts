import fc from "fast-check";
import { formatMoney } from "../../system/domain/money.ts";
import { databaseResource, KAFKA, printEffect } from "../faults/effect-name.ts";
import type { CrashFault } from "../faults/kinds/crash.ts";
import type { TransferCommand } from "../plans/commands/transfer.ts";
import type { WalletOpening } from "../plans/plan.ts";
import type { PlanDraft, Scenario } from "../plans/scenario.ts";
import { ONE_PROCESS_EACH } from "../plans/topology.ts";

const CURRENCY = "OMR";

/** The seed document's two; the others trade among themselves. */
const WALLETS: readonly WalletOpening[] = [
  { id: "salim", funding: "10.000", currency: CURRENCY },
  { id: "maryam", funding: "25.000", currency: CURRENCY },
  { id: "fatma", funding: "100.000", currency: CURRENCY },
  { id: "khalid", funding: "100.000", currency: CURRENCY },
  { id: "noor", funding: "250.500", currency: CURRENCY },
];

const TRADERS = WALLETS.slice(1).map(({ id }) => id);

const COMMANDS_MAX = 120;

/** The transaction of each service whose event is published after its commit. */
const TRANSACTIONS = { payment: "accept", wallet: "transfer" } as const;

/** Scenario 1 and 22 of the list: a crash between commit and publish, and the 50 OMR transfer. */
export const transfer: Scenario = {
  name: "transfer",
  title: "A payment survives a crash between commit and publish",
  description: [
    "Clients ask for transfers between a few wallets, about ten a second. Among them is the case with which this project began: a transfer of 50 OMR from a wallet that holds 10 OMR, which must be refused.",
    "In each run one of the two services is killed once, at a place chosen by the run's seed: after a transaction has committed and before its event is published. It starts again after a moment.",
    "A client that gets no answer asks again with the same idempotency key.",
  ],
  catches: ["F0"],
  drafts: draftArbitrary(),
};

interface Draft {
  readonly transfers: readonly DraftTransfer[];
  /** Its place among the others. */
  readonly overdraft: number;
  readonly crash: DraftCrash;
  readonly knobs: PlanDraft["knobs"];
}

interface DraftTransfer {
  readonly gapMs: number;
  readonly sender: number;
  /** Steps from the sender to the receiver, so that they differ. */
  readonly step: number;
  readonly amountMinor: number;
}

interface DraftCrash {
  readonly service: "payment" | "wallet";
  readonly place: "after-commit" | "before-publish";
  /** Taken modulo the number of places there are in the workload. */
  readonly index: number;
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
  const crash = fc.record({
    service: fc.constantFrom("payment" as const, "wallet" as const),
    place: fc.constantFrom("after-commit" as const, "before-publish" as const),
    index: fc.nat({ max: COMMANDS_MAX - 1 }),
    restartAfterMs: fc.integer({ min: 50, max: 2_000 }),
  });
  const knobs = fc.record({
    relayBatchMax: fc.integer({ min: 1, max: 5 }),
    relayPollMs: fc.integer({ min: 20, max: 200 }),
    consumeAttemptsMax: fc.constant(5),
    consumeRetryDelayMs: fc.constant(100),
    sessionTimeoutMs: fc.constant(6_000),
  });
  const overdraft = fc.integer({ min: 0, max: 1_000_000 });
  // Without bias towards small values: a seed should mean a full workload.
  return fc.noBias(fc.record({ transfers, overdraft, crash, knobs })).map(layOut);
}

function layOut({ transfers, overdraft, crash, knobs }: Draft): PlanDraft {
  const commands = layOutCommands(transfers, overdraft);
  return {
    wallets: WALLETS,
    commands,
    faults: layOutCrash(crash, commands.length, knobs.relayBatchMax),
    topology: ONE_PROCESS_EACH,
    knobs,
  };
}

function layOutCommands(
  transfers: readonly DraftTransfer[],
  overdraft: number,
): readonly TransferCommand[] {
  let atMs = 0;
  const asked = transfers.map(({ gapMs, sender, step, amountMinor }) => {
    atMs += gapMs;
    return {
      atMs,
      senderWalletId: trader(sender),
      receiverWalletId: trader(sender + step),
      amount: formatMoney({ amountMinor: BigInt(amountMinor), currency: CURRENCY }),
      currency: CURRENCY,
    };
  });
  const place = overdraft % (asked.length + 1);
  asked.splice(place, 0, {
    atMs: asked[place]?.atMs ?? atMs,
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

/** Every place counted here is reached by each run of the workload, in either world. */
function layOutCrash(
  { service, place, index, restartAfterMs }: DraftCrash,
  commands: number,
  relayBatchMax: number,
): readonly CrashFault[] {
  const publications = Math.ceil(commands / relayBatchMax);
  const places = place === "after-commit" ? commands : publications;
  if (places === 0) {
    return [];
  }
  const process = { process: `${service}-1`, incarnation: 1, ordinal: 1 + (index % places) };
  const trigger =
    place === "after-commit"
      ? ({
          on: "effect",
          effect: printEffect({
            ...process,
            resource: databaseResource(service),
            operation: `${TRANSACTIONS[service]}.commit`,
          }),
          side: "after",
        } as const)
      : ({
          on: "effect",
          effect: printEffect({ ...process, resource: KAFKA, operation: "produce" }),
          side: "before",
        } as const);
  return [{ kind: "crash", trigger, restartAfterMs }];
}

function trader(index: number): string {
  const id = TRADERS[index % TRADERS.length];
  if (id === undefined) {
    throw new Error("there are no traders");
  }
  return id;
}
