import { inRetriedTransaction } from "../database/transaction.ts";
import type { Account } from "../domain/account.ts";
import type { Event, EventHead } from "../domain/events.ts";
import { accountAfter, entriesOf, type Entry } from "../domain/ledger.ts";
import type { Payment } from "../domain/payment.ts";
import { decideTransfer } from "../domain/wallet.ts";
import { claimEvents, type Taken } from "../inbox/claim.ts";
import { appendToOutbox } from "../outbox/append.ts";
import type { Connection } from "../ports/database.ts";
import { nextSpan } from "../ports/next-span.ts";
import { lockWallets } from "./accounts.ts";
import { insertDecisions, type DecidedPayment } from "./decisions.ts";
import { post } from "./post.ts";
import type { WalletPorts } from "./wallet-ports.ts";

export type CreatedEvent = Extract<Event, { type: "payment.created" }>;

/**
 * Step 3 of the saga, one local transaction for all of them: the inbox claims, the wallets of all
 * locked in id order, one decision after the other, each on what those before it leave, then the
 * balances and two ledger entries for each that moves money, and the verdicts in the outbox. A
 * refusal is decided and recorded the same way.
 *
 * @throws DatabaseError; tried again, the inbox tells which transfers were decided
 * @throws Error where one of the events can never be taken in
 */
export async function transferMoney(
  ports: WalletPorts,
  created: readonly CreatedEvent[],
): Promise<readonly Taken[]> {
  const nowMs = ports.clock.nowMs();
  return inRetriedTransaction(ports, "transfer", async (connection) => {
    const areNew = await claimEvents(connection, created, nowMs);
    const fresh = created.filter((_, index) => areNew[index]);
    if (fresh.length > 0) {
      const payments = fresh.map(({ payment }) => payment);
      const { decided, entries } = decideAll(
        payments,
        await lockParties(connection, payments),
        nowMs,
      );
      if (entries.length > 0) {
        await post(connection, entries);
      }
      await insertDecisions(connection, decided, nowMs);
      const verdicts = decided.map((each, index) => {
        const trace = nextSpan(ports.entropy, fresh[index]?.trace);
        return verdictOf({ id: ports.entropy.uuid(), atMs: nowMs, trace }, each);
      });
      await appendToOutbox(connection, verdicts);
    }
    return areNew.map((isNew) => (isNew ? "done" : "duplicate"));
  });
}

function lockParties(
  connection: Connection,
  payments: readonly Payment[],
): Promise<readonly Account[]> {
  const parties = payments.flatMap((each) => [each.senderWalletId, each.receiverWalletId]);
  return lockWallets(connection, [...new Set(parties)]);
}

/** Decides about payments in their order, each on the wallets as those before it leave them. */
function decideAll(
  payments: readonly Payment[],
  locked: readonly Account[],
  nowMs: number,
): { readonly decided: readonly DecidedPayment[]; readonly entries: readonly Entry[] } {
  const wallets = new Map(locked.map((wallet) => [wallet.id, wallet]));
  const entries: Entry[] = [];
  const decided = payments.map((payment): DecidedPayment => {
    const { id, senderWalletId, receiverWalletId, money } = payment;
    const decision = decideTransfer(payment, {
      sender: wallets.get(senderWalletId),
      receiver: wallets.get(receiverWalletId),
    });
    if (decision.kind === "refuse") {
      return { paymentId: id, reason: decision.reason, receiverOwnerId: null };
    }
    const { from, to } = decision;
    const posting = { cause: { kind: "payment", id }, from, to, money, postedAtMs: nowMs } as const;
    const [debit, credit] = entriesOf(posting);
    wallets.set(from.id, accountAfter(from, debit));
    wallets.set(to.id, accountAfter(to, credit));
    entries.push(debit, credit);
    return { paymentId: id, reason: null, receiverOwnerId: to.ownerId };
  });
  return { decided, entries };
}

function verdictOf(head: EventHead, { paymentId, reason, receiverOwnerId }: DecidedPayment): Event {
  return reason === null
    ? { ...head, type: "payment.completed", paymentId, receiverOwnerId }
    : { ...head, type: "payment.failed", paymentId, reason };
}
