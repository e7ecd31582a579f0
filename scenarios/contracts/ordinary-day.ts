import { textColumn } from "../../system/database/row.ts";
import { runStatement } from "../../system/database/transaction.ts";
import { parseEvent, type Event } from "../../system/domain/events.ts";
import { parseMoney, type Money } from "../../system/domain/money.ts";
import type { TraceContext } from "../../system/domain/trace-context.ts";
import { acceptPayments } from "../../system/payment/accept.ts";
import { reversePayment } from "../../system/payment/reverse.ts";
import { settlePayments } from "../../system/payment/settle.ts";
import type { Clock } from "../../system/ports/clock.ts";
import type { Database } from "../../system/ports/database.ts";
import type { Entropy } from "../../system/ports/entropy.ts";
import { nextSpan } from "../../system/ports/next-span.ts";
import type { Telemetry } from "../../system/ports/telemetry.ts";
import { moveExternal } from "../../system/wallet/move-external.ts";
import { openWallet } from "../../system/wallet/open-wallet.ts";
import { transferMoney } from "../../system/wallet/transfer.ts";
import type { PaymentIds } from "../faults/planted-breaks.ts";

/** The databases of both services, and of the reconciliation engine, each brought up to date. */
export interface DayStage {
  readonly payment: Database;
  readonly wallet: Database;
  readonly reconciliation: Database;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** The ids of the day's payments, by the client's key, and of some of their events. */
export type DayIds = PaymentIds & { readonly p4: string };

/**
 * A day on which everything goes as it should: the services' own code on the databases, with their
 * events carried from outbox to inbox by hand. Every wallet is owned by who is named like it. Its
 * end leaves p4 under way.
 *
 * - p1 moved 3 OMR from salim to fatma, and r1 gave one of them back
 * - p2 was refused: 50 OMR from a wallet that holds 7
 * - p3 moved 1 OMR from fatma to khalid
 * - fatma deposited 1 OMR, khalid withdrew 0.500
 */
export async function ordinaryDay(stage: DayStage): Promise<DayIds> {
  await open(stage, "salim", "10.000");
  await open(stage, "fatma", "0.000");
  await open(stage, "khalid", "5.000");
  await external(stage, "deposit", "fatma", "1.000");
  await external(stage, "withdrawal", "khalid", "0.500");
  const p1 = await pay(stage, "p1", "salim", "fatma", "3.000");
  const p2 = await pay(stage, "p2", "salim", "fatma", "50.000");
  const p3 = await pay(stage, "p3", "fatma", "khalid", "1.000");
  await carry(stage);
  const reversal = {
    principalId: "teller",
    idempotencyKey: "r1",
    originalId: p1,
    amount: "1.000",
    trace: traceIn(stage),
  };
  await reversePayment(onPayment(stage), reversal);
  await carry(stage);
  const p4 = await pay(stage, "p4", "salim", "khalid", "0.001");
  return {
    ...{ p1, p2, p3, p4 },
    createdOfP3: await eventOf(stage.payment, p3),
    verdictOfP2: await eventOf(stage.wallet, p2),
    verdictOfP3: await eventOf(stage.wallet, p3),
  };
}

async function eventOf(database: Database, paymentId: string): Promise<string> {
  const { rows } = await runStatement(database, "look", {
    label: "event",
    sql: "SELECT event_id FROM outbox WHERE message_key = $1",
    parameters: [paymentId],
  });
  return rows[0] === undefined ? "" : textColumn(rows[0], "event_id");
}

/** Carries every event that is unsent to the service that it is for, until there is none. */
export async function carry(stage: DayStage): Promise<void> {
  const created = await takeUnsent(stage, stage.payment);
  await transferMoney(
    onWallet(stage),
    created.filter((event) => event.type === "payment.created"),
  );
  const verdicts = await takeUnsent(stage, stage.wallet);
  await settlePayments(
    onPayment(stage),
    verdicts.filter((event) => event.type !== "payment.created"),
  );
}

/** Asks for a payment, and answers its id. */
export async function pay(
  stage: DayStage,
  idempotencyKey: string,
  senderWalletId: string,
  receiverWalletId: string,
  amount: string,
): Promise<string> {
  const money = omr(amount);
  const request = {
    principalId: senderWalletId,
    idempotencyKey,
    senderWalletId,
    receiverWalletId,
    money,
    trace: traceIn(stage),
  };
  const [accepted] = await acceptPayments(onPayment(stage), [request]);
  return idOf(accepted);
}

async function open(stage: DayStage, walletId: string, funding: string): Promise<void> {
  await openWallet(onWallet(stage), { walletId, ownerId: walletId, funding: omr(funding) });
}

async function external(
  stage: DayStage,
  kind: "deposit" | "withdrawal",
  walletId: string,
  amount: string,
): Promise<void> {
  const idempotencyKey = `${kind} ${walletId}`;
  const principalId = "teller";
  const request = { kind, principalId, idempotencyKey, walletId, money: omr(amount) };
  await moveExternal(onWallet(stage), request);
}

async function takeUnsent(stage: DayStage, database: Database): Promise<readonly Event[]> {
  const { rows } = await runStatement(database, "carry", {
    label: "unsent",
    sql: "SELECT payload FROM outbox WHERE sent_at_ms IS NULL ORDER BY id",
  });
  await runStatement(database, "carry", {
    label: "sent",
    sql: "UPDATE outbox SET sent_at_ms = $1 WHERE sent_at_ms IS NULL",
    parameters: [stage.clock.nowMs()],
  });
  return rows.map((row) => {
    const parsed = parseEvent(textColumn(row, "payload"));
    if (parsed.kind === "unreadable") {
      throw new Error(`an outbox holds what cannot be read: ${parsed.reason}`);
    }
    return parsed.event;
  });
}

/** A trace of its own for each request. */
function traceIn({ entropy }: DayStage): TraceContext {
  return nextSpan(entropy, undefined);
}

function onPayment(stage: DayStage) {
  return { ...stage, database: stage.payment, telemetry: silent };
}

function onWallet(stage: DayStage) {
  return { ...stage, database: stage.wallet, telemetry: silent };
}

const silent: Telemetry = { event() {} };

function omr(amount: string): Money {
  const parsed = parseMoney(amount, "OMR");
  if (parsed.kind === "refused") {
    throw new Error(parsed.message);
  }
  return parsed.money;
}

function idOf(outcome: { readonly kind: string; readonly paymentId?: string } | undefined): string {
  if (outcome?.paymentId === undefined) {
    throw new Error(`a payment was answered ${outcome?.kind}`);
  }
  return outcome.paymentId;
}
