import { formatMoney } from "../domain/money.ts";
import type { RecordedPayment } from "./records.ts";
import type { PaymentEvent } from "./timeline.ts";

/** A payment as a client is shown it. Amounts are decimal strings, times milliseconds. */
export function viewOf(payment: RecordedPayment): Readonly<Record<string, unknown>> {
  const { id, senderWalletId, receiverWalletId, money, status, reason, reverses } = payment;
  return {
    id,
    senderWalletId,
    receiverWalletId,
    amount: formatMoney(money),
    currency: money.currency,
    status,
    reason,
    reverses,
    acceptedAtMs: payment.acceptedAtMs,
    settledAtMs: payment.settledAtMs,
  };
}

/** One thing that happened to a payment, as a client is shown it. */
export function eventView({ what, atMs, reason }: PaymentEvent): Readonly<Record<string, unknown>> {
  return reason === undefined ? { what, atMs } : { what, atMs, reason };
}

/** Where the next page begins; null when this one was the last, as far as one can know. */
export function nextCursor(payments: readonly RecordedPayment[], limit: number): string | null {
  const last = payments.at(-1);
  return payments.length < limit || last === undefined ? null : `${last.acceptedAtMs}~${last.id}`;
}
