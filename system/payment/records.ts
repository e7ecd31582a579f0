import { bigintColumn, nullableTextColumn, textColumn, currencyColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Money } from "../domain/money.ts";
import type { Payment } from "../domain/payment.ts";
import type { Connection, Database, Row } from "../ports/database.ts";
import type { Principal } from "../ports/verifier.ts";

/** A payment as its row says. */
export interface RecordedPayment extends Payment, PaymentLinks {
  readonly status: string;
  /** Why it is FAILED; null otherwise. */
  readonly reason: string | null;
  readonly acceptedAtMs: number;
  /** When its verdict was applied; null while it is PENDING. */
  readonly settledAtMs: number | null;
}

/** What a payment has to do with: another payment, and its parties. */
export interface PaymentLinks {
  /** The id of the payment that it gives back; null for one that is no reversal. */
  readonly reverses: string | null;
  /** Who says that they own the sender's wallet, or is known to; null where nobody knows. */
  readonly senderOwnerId: string | null;
  /** Who is known to own the receiver's; null where nobody knows yet. */
  readonly receiverOwnerId: string | null;
}

/** Those of a transfer that an owner asks for. */
export function linksOfTransfer(ownerId: string): PaymentLinks {
  return { reverses: null, senderOwnerId: ownerId, receiverOwnerId: null };
}

/** Whether a payment is shown to somebody: to its parties, and to operators. */
export function isShownTo(
  { orderedBy, senderOwnerId, receiverOwnerId }: RecordedPayment,
  { id, scopes }: Principal,
): boolean {
  return scopes.has("operator") || [orderedBy, senderOwnerId, receiverOwnerId].includes(id);
}

/** The columns that `readPayment` reads. */
export const PAYMENT_COLUMNS = `id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, reason,
            reverses_payment_id, accepted_at_ms, settled_at_ms, ordered_by, ordered_as, sender_owner_id,
            receiver_owner_id`;

/** Undefined when there is none. @throws DatabaseError */
export async function findPayment(
  database: Database,
  paymentId: string,
): Promise<RecordedPayment | undefined> {
  const { rows } = await runStatement(database, "read", {
    label: "payment",
    sql: `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = $1`,
    parameters: [paymentId],
  });
  return rows.map(readPayment)[0];
}

/** A payment that stays as it is until the caller's transaction ends. */
export async function lockPayment(
  connection: Connection,
  paymentId: string,
): Promise<RecordedPayment | undefined> {
  const { rows } = await connection.query({
    label: "lock-payment",
    sql: `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE id = $1 FOR UPDATE`,
    parameters: [paymentId],
  });
  return rows.map(readPayment)[0];
}

/** @throws Error naming the column that is not what it should be */
export function readPayment(row: Row): RecordedPayment {
  const settledAtMs = nullableTextColumn(row, "settled_at_ms");
  return {
    id: textColumn(row, "id"),
    senderWalletId: textColumn(row, "sender_wallet_id"),
    receiverWalletId: textColumn(row, "receiver_wallet_id"),
    money: readMoney(row),
    status: textColumn(row, "status"),
    reason: nullableTextColumn(row, "reason"),
    orderedBy: textColumn(row, "ordered_by"),
    orderedAs: textColumn(row, "ordered_as") === "operator" ? "operator" : "owner",
    reverses: nullableTextColumn(row, "reverses_payment_id"),
    senderOwnerId: nullableTextColumn(row, "sender_owner_id"),
    receiverOwnerId: nullableTextColumn(row, "receiver_owner_id"),
    acceptedAtMs: Number(bigintColumn(row, "accepted_at_ms")),
    settledAtMs: settledAtMs === null ? null : Number(settledAtMs),
  };
}

function readMoney(row: Row): Money {
  const currency = currencyColumn(row);
  return { amountMinor: bigintColumn(row, "amount_minor"), currency };
}
