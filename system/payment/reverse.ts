import { bigintColumn } from "../database/row.ts";
import { inRetriedTransaction } from "../database/transaction.ts";
import { formatMoney, parseAmount, type Money } from "../domain/money.ts";
import type { Payment } from "../domain/payment.ts";
import type { Connection } from "../ports/database.ts";
import { orInProgress, type AcceptPorts } from "./accept.ts";
import { answersFromKeys, demandAnswer, keyOfReversal } from "./idempotency.ts";
import { recordPayments } from "./record-payments.ts";
import { lockPayment, type RecordedPayment } from "./records.ts";
import type { ReversalOutcome, ReversalRequest } from "./transfer-request.ts";

/**
 * Gives a COMPLETED payment back, in whole or in part, by a new payment the other way round that is
 * linked to it. All that was given back, or is about to be, is never more than the original; what
 * FAILED does not count.
 *
 * The original's row is locked, so that two reversals at once are decided one after the other.
 *
 * @throws DatabaseError; with `applied` unknown the reversal may be there, and asking again tells
 */
export async function reversePayment(
  ports: AcceptPorts,
  request: ReversalRequest,
): Promise<ReversalOutcome> {
  const { originalId } = request;
  const id = ports.entropy.uuid();
  const head = { id: ports.entropy.uuid(), atMs: ports.clock.nowMs(), trace: request.trace };
  const keyed = keyOfReversal(request);

  return orInProgress(
    inRetriedTransaction(ports, "reverse", async (connection): Promise<ReversalOutcome> => {
      const original = await lockPayment(connection, originalId);
      if (original === undefined) {
        return { kind: "unknown-payment" };
      }
      // The key may be known: then what was decided then is the answer, whatever holds now.
      const known = (await answersFromKeys(connection, [keyed], "find-key")).get(keyed);
      if (known !== undefined) {
        return known;
      }
      const decided = decide(request, original, await reversedMinor(connection, originalId));
      if (decided.kind !== "reverse") {
        return decided;
      }
      const payment: Payment = {
        id,
        senderWalletId: original.receiverWalletId,
        receiverWalletId: original.senderWalletId,
        money: decided.money,
        orderedBy: request.principalId,
        orderedAs: "operator",
      };
      const links = {
        reverses: originalId,
        senderOwnerId: original.receiverOwnerId,
        receiverOwnerId: original.senderOwnerId,
      };
      const [isNew] = await recordPayments(connection, [{ ...keyed, payment, head, links }]);
      if (isNew === true) {
        return { kind: "accepted", paymentId: id };
      }
      return demandAnswer(await answersFromKeys(connection, [keyed]), keyed);
    }),
    { kind: "in-progress" },
  );
}

type Decided =
  | { readonly kind: "reverse"; readonly money: Money }
  | Extract<ReversalOutcome, { readonly kind: "refused" | "malformed-amount" }>;

function decide(
  { amount, originalId }: ReversalRequest,
  original: RecordedPayment,
  reversed: bigint,
): Decided {
  const { amountMinor, currency } = original.money;
  if (original.reverses !== null) {
    return refuse("not-reversible", `payment ${originalId} is a reversal itself`);
  }
  if (original.status !== "COMPLETED") {
    return refuse("not-reversible", `payment ${originalId} is ${original.status}, not COMPLETED`);
  }
  const leftMinor = amountMinor - reversed;
  const left = formatMoney({ amountMinor: leftMinor, currency });
  if (leftMinor === 0n) {
    return refuse("reversal-exceeds-original", "all of it has been given back");
  }
  if (amount === null) {
    return { kind: "reverse", money: { amountMinor: leftMinor, currency } };
  }
  const parsed = parseAmount(amount, currency);
  if (parsed.kind === "refused") {
    return { kind: "malformed-amount", detail: parsed.message };
  }
  return parsed.money.amountMinor > leftMinor
    ? refuse("reversal-exceeds-original", `${left} ${currency} of it has not been given back`)
    : { kind: "reverse", money: parsed.money };
}

function refuse(code: string, detail: string): Decided {
  return { kind: "refused", code, detail };
}

/** What reversals have given back of a payment, or may still. */
async function reversedMinor(connection: Connection, originalId: string): Promise<bigint> {
  const { rows } = await connection.query({
    label: "read-reversals",
    sql: `SELECT amount_minor FROM payments
     WHERE reverses_payment_id = $1 AND status <> 'FAILED'`,
    parameters: [originalId],
  });
  return rows.reduce((sum, row) => sum + bigintColumn(row, "amount_minor"), 0n);
}
