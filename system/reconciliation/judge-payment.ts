import { formatMoney, type Money } from "../domain/money.ts";
import { fingerprintOfReversal, fingerprintOfTransfer } from "../payment/idempotency.ts";
import type { RecordedPayment } from "../payment/records.ts";
import type { Break, BreakClassName } from "./break-classes.ts";
import type { AgeLimits, EventRecord, PaymentCase } from "./payment-case.ts";

/**
 * What does not agree about one payment. Every judgement but those by age is sound while payments
 * go on, because of the order in which the sides were read: a payment is accepted before it is
 * decided, and decided before it is settled.
 *
 * - What is COMPLETED or FAILED in the early reading, the wallet had decided before it was read.
 * - What is decided in the wallet's reading, the payment service had accepted before the late one.
 */
export function judgePayment(
  payment: PaymentCase,
  nowMs: number,
  limits: AgeLimits,
): readonly Break[] {
  const found = (name: BreakClassName, detail: string): Break => ({
    class: name,
    subject: `payment ${payment.id}`,
    detail,
  });
  return [
    ...judgePosting(payment, found),
    ...judgeSides(payment, found),
    ...judgeInboxes(payment, found),
    ...judgeKeys(payment, found),
    ...judgeAge(payment, nowMs, limits, found),
  ];
}

type Found = (name: BreakClassName, detail: string) => Break;

/** R1: one debit and one credit of equal amount and currency, or none of either. */
function judgePosting({ entries }: PaymentCase, found: Found): readonly Break[] {
  const debits = entries.filter(({ direction }) => direction === "debit");
  const credits = entries.filter(({ direction }) => direction === "credit");
  if (debits.length > 1 || credits.length > 1) {
    const counts = `${debits.length} debits and ${credits.length} credits`;
    return [found("DUPLICATE_ENTRY", `it was posted with ${counts}`)];
  }
  const [debit] = debits;
  const [credit] = credits;
  if (debit === undefined && credit === undefined) {
    return [];
  }
  if (debit === undefined || credit === undefined) {
    return [found("UNBALANCED", `it has a ${debit === undefined ? "credit" : "debit"} only`)];
  }
  return isEqual(debit.money, credit.money)
    ? []
    : [found("UNBALANCED", `${words(debit.money)} were taken and ${words(credit.money)} given`)];
}

/** R4 to R7: what the payment service says against what the wallet did. */
function judgeSides(payment: PaymentCase, found: Found): readonly Break[] {
  const { early, late, entries, decision } = payment;
  if (late === undefined) {
    return entries.length > 0 || decision !== undefined
      ? [found("ORPHAN_LEDGER", "the wallet has decided it, and nobody asked for it")]
      : [];
  }
  const breaks = [...judgeTerms(payment, late, found)];
  if (early?.status === "COMPLETED" && entries.length === 0) {
    breaks.push(found("MISSING_LEDGER", "it is COMPLETED, and has no entries"));
  }
  if (late.status === "FAILED" && entries.length > 0) {
    breaks.push(found("FAILED_BUT_MOVED", `it is FAILED with ${entries.length} entries`));
  } else if (early?.status === "FAILED" && decision?.outcome !== "refused") {
    breaks.push(found("FAILED_UNREFUSED", "it is FAILED, and the wallet did not refuse it"));
  }
  return breaks;
}

/** R7: the terms of a payment, in its row, in its event and in its entries. */
function judgeTerms(
  { entries, created }: PaymentCase,
  late: RecordedPayment,
  found: Found,
): readonly Break[] {
  const says = created?.says;
  const amounts = [
    ...entries.map(({ money }) => money),
    ...(says === undefined ? [] : [says.money]),
  ];
  const other = amounts.find((money) => !isEqual(money, late.money));
  if (other !== undefined) {
    const detail = `it is of ${words(late.money)}, and ${words(other)} is what was sent or posted`;
    return [found("AMOUNT_MISMATCH", detail)];
  }
  const debtor = entries.find(({ direction }) => direction === "debit")?.accountId;
  const creditor = entries.find(({ direction }) => direction === "credit")?.accountId;
  const isOther = (name: string | undefined, expected: string): boolean =>
    name !== undefined && name !== expected;
  return isOther(debtor, late.senderWalletId) ||
    isOther(creditor, late.receiverWalletId) ||
    isOther(says?.senderWalletId, late.senderWalletId) ||
    isOther(says?.receiverWalletId, late.receiverWalletId)
    ? [found("PARTY_MISMATCH", `it is from ${late.senderWalletId} to ${late.receiverWalletId}`)]
    : [];
}

/** R10: an event is claimed exactly when its effect is there. */
function judgeInboxes(payment: PaymentCase, found: Found): readonly Break[] {
  const { early, late, created, isTaken, decision, verdict, isApplied } = payment;
  if (late === undefined) {
    return [];
  }
  if (created !== undefined && isTaken !== (decision !== undefined)) {
    const detail = isTaken
      ? "the wallet has taken its event in, and decided nothing"
      : "the wallet has decided it, and not taken its event in";
    return [found("INBOX_GAP", detail)];
  }
  if (late.status === "PENDING" && isApplied) {
    return [found("INBOX_GAP", "its verdict was taken in, and it is still PENDING")];
  }
  if (early !== undefined && early.status !== "PENDING" && verdict !== undefined && !isApplied) {
    return [found("INBOX_GAP", `it is ${early.status}, and its verdict was not taken in`)];
  }
  return [];
}

/** R11: one key, one payment, and it is what was asked for. */
function judgeKeys({ late, keys }: PaymentCase, found: Found): readonly Break[] {
  if (late === undefined) {
    return [];
  }
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    return [found("DUPLICATE_REQUEST", `${keys.length} idempotency keys name it`)];
  }
  return isAskedFor(late, key)
    ? []
    : [found("DUPLICATE_REQUEST", `its key was claimed for ${key.fingerprint}`)];
}

function isAskedFor(
  payment: RecordedPayment,
  { fingerprint }: PaymentCase["keys"][number],
): boolean {
  const { senderWalletId, receiverWalletId, money, reverses } = payment;
  if (reverses === null) {
    return fingerprintOfTransfer({ senderWalletId, receiverWalletId, money }) === fingerprint;
  }
  // A reversal of what is left names no amount.
  return [formatMoney(money), null].some(
    (amount) => fingerprintOfReversal({ originalId: reverses, amount }) === fingerprint,
  );
}

/** R5, R8, R9: what has been under way for too long, by where it stopped. */
function judgeAge(
  payment: PaymentCase,
  nowMs: number,
  limits: AgeLimits,
  found: Found,
): readonly Break[] {
  const { late, created, isTaken, decision, verdict, isApplied } = payment;
  if (late === undefined || late.status !== "PENDING") {
    return judgeUnsent(payment, nowMs, limits, found);
  }
  const ageMs = nowMs - late.acceptedAtMs;
  if (ageMs <= limits.pendingMs || isApplied) {
    return [];
  }
  const isLost = ({ sentAtMs }: EventRecord): boolean =>
    sentAtMs !== null && nowMs - sentAtMs > limits.lostMs;
  const since = `it has been PENDING for ${ageMs} ms`;
  if (decision === undefined) {
    if (created === undefined) {
      return [found("STUCK_WITHOUT_EVENT", `${since}, and no event asks for it`)];
    }
    if (created.sentAtMs === null) {
      return [found("STUCK_UNSENT", `${since}, and its event was not sent`)];
    }
    if (isTaken) {
      return [];
    }
    return isLost(created)
      ? [found("LOST_EVENT", `${since}; its event was sent, and never reached the wallet`)]
      : [found("STUCK_UNCONSUMED", `${since}; its event was sent, and is not taken in`)];
  }
  if (verdict === undefined) {
    return [found("STUCK_WITHOUT_VERDICT", `${since}; it is decided, and no event says so`)];
  }
  if (verdict.sentAtMs === null) {
    return [found("STUCK_VERDICT_UNSENT", `${since}; it is decided, and the verdict was not sent`)];
  }
  return decision.outcome === "completed"
    ? [found("STATUS_BEHIND", `${since}; its money has moved, and the verdict was sent`)]
    : [found("STUCK_VERDICT_UNAPPLIED", `${since}; it is refused, and the verdict was sent`)];
}

/** R9: what is left unsent of a payment that is over. */
function judgeUnsent(
  { created, verdict }: PaymentCase,
  nowMs: number,
  limits: AgeLimits,
  found: Found,
): readonly Break[] {
  return [created, verdict].flatMap((event) =>
    event !== undefined && event.sentAtMs === null && nowMs - event.appendedAtMs > limits.pendingMs
      ? [
          found(
            "OUTBOX_AGED",
            `${event.topic} has been unsent for ${nowMs - event.appendedAtMs} ms`,
          ),
        ]
      : [],
  );
}

function isEqual(one: Money, other: Money): boolean {
  return one.amountMinor === other.amountMinor && one.currency === other.currency;
}

function words(money: Money): string {
  return `${formatMoney(money)} ${money.currency}`;
}
