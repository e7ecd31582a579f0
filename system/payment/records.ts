import { bigintColumn, nullableTextColumn, textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import { type Money, formatMoney, isCurrency } from "../domain/money.ts";
import type { Payment } from "../domain/payment.ts";
import type { Connection, Database, Row } from "../ports/database.ts";

/** Records a payment as PENDING, in the caller's transaction. */
export async function insertPayment(
  connection: Connection,
  payment: Payment,
  nowMs: number,
): Promise<void> {
  await connection.query({
    label: "insert-payment",
    sql: `INSERT INTO payments
       (id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, accepted_at_ms)
     VALUES ($1, $2, $3, $4, $5, 'PENDING', $6)`,
    parameters: [
      payment.id,
      payment.senderWalletId,
      payment.receiverWalletId,
      payment.money.amountMinor,
      payment.money.currency,
      nowMs,
    ],
  });
}

/** A payment as a client is shown it. Amounts are decimal strings. */
export interface PaymentView {
  readonly id: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: string;
  readonly reason: string | null;
}

/** @throws DatabaseError */
export async function findPayment(
  database: Database,
  paymentId: string,
): Promise<PaymentView | undefined> {
  const { rows } = await runStatement(database, "read", {
    label: "payment",
    sql: `SELECT id, sender_wallet_id, receiver_wallet_id, amount_minor, currency, status, reason
          FROM payments WHERE id = $1`,
    parameters: [paymentId],
  });
  return rows.map(readPayment)[0];
}

function readPayment(row: Row): PaymentView {
  const money = readMoney(row);
  return {
    id: textColumn(row, "id"),
    senderWalletId: textColumn(row, "sender_wallet_id"),
    receiverWalletId: textColumn(row, "receiver_wallet_id"),
    amount: formatMoney(money),
    currency: money.currency,
    status: textColumn(row, "status"),
    reason: nullableTextColumn(row, "reason"),
  };
}

function readMoney(row: Row): Money {
  const currency = textColumn(row, "currency");
  if (!isCurrency(currency)) {
    throw new Error(`column currency: ${JSON.stringify(currency)} is not a currency`);
  }
  return { amountMinor: bigintColumn(row, "amount_minor"), currency };
}
