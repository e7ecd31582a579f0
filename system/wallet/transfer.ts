import { inTransaction } from "../database/transaction.ts";
import type { Event, EventHead } from "../domain/events.ts";
import { decideTransfer, type TransferDecision } from "../domain/wallet.ts";
import { claimEvent } from "../inbox/claim.ts";
import { appendToOutbox } from "../outbox/append.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connection, Database } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import { nextSpan } from "../ports/next-span.ts";
import { lockWallets } from "./accounts.ts";
import { insertDecision, isDecided } from "./decisions.ts";
import { post } from "./post.ts";

export interface TransferPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

export type CreatedEvent = Extract<Event, { type: "payment.created" }>;

/**
 * Step 3 of the saga, one local transaction: the inbox claim, both wallets locked in id order, the
 * decision, then either both balances and the two ledger entries or nothing of them, and the
 * verdict in the outbox. A refusal is decided and recorded the same way.
 *
 * @throws DatabaseError; tried again, the inbox tells whether the transfer was decided
 * @throws Error for an event that can never be taken in
 */
export async function transferMoney(
  ports: TransferPorts,
  created: CreatedEvent,
): Promise<"done" | "duplicate"> {
  const { payment } = created;
  const nowMs = ports.clock.nowMs();
  const trace = nextSpan(ports.entropy, created.trace);
  const verdict = { id: ports.entropy.uuid(), atMs: nowMs, trace };

  return inTransaction(ports.database, "transfer", async (connection) => {
    if (!(await claimEvent(connection, { id: created.id, topic: created.type }, nowMs))) {
      await demandDecision(connection, created);
      return "duplicate";
    }
    const { senderWalletId, receiverWalletId, money } = payment;
    const wallets = await lockWallets(connection, [senderWalletId, receiverWalletId]);
    const decision = decideTransfer(payment, {
      sender: wallets.find(({ id }) => id === senderWalletId),
      receiver: wallets.find(({ id }) => id === receiverWalletId),
    });
    if (decision.kind === "move") {
      const { from, to } = decision;
      const cause = { kind: "payment", id: payment.id } as const;
      await post(connection, { cause, from, to, money, postedAtMs: nowMs });
    }
    await insertDecision(connection, payment.id, decision, nowMs);
    await appendToOutbox(connection, verdictOf(verdict, payment.id, decision));
    return "done";
  });
}

/**
 * A duplicate is this very event again, and then its payment was decided.
 *
 * @throws Error when it was not: the id was another event's
 */
async function demandDecision(connection: Connection, created: CreatedEvent): Promise<void> {
  const { id, payment } = created;
  if (!(await isDecided(connection, payment.id))) {
    throw new Error(`event ${id} was taken in before, and not for payment ${payment.id}`);
  }
}

function verdictOf(head: EventHead, paymentId: string, decision: TransferDecision): Event {
  return decision.kind === "move"
    ? { ...head, type: "payment.completed", paymentId }
    : { ...head, type: "payment.failed", paymentId, reason: decision.reason };
}
