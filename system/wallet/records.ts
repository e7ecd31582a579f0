import { bigintColumn, textColumn } from "../database/row.ts";
import { isCurrency } from "../domain/money.ts";
import type { Payment } from "../domain/payment.ts";
import type { TransferDecision, Wallet } from "../domain/wallet.ts";
import type { Connection, Row } from "../ports/database.ts";

/** Sets a balance under the caller's row lock. @throws Error when the wallet is not there */
export async function updateBalance(
  connection: Connection,
  walletId: string,
  balanceMinor: bigint,
): Promise<void> {
  const { rowCount } = await connection.query({
    label: "update-balance",
    sql: `UPDATE wallets SET balance_minor = $2 WHERE id = $1`,
    parameters: [walletId, balanceMinor],
  });
  if (rowCount !== 1) {
    throw new Error(`a balance update hit ${rowCount} wallets, not 1`);
  }
}

/** Posts the debit and the credit of a payment, with the balance that each leaves. */
export async function insertEntries(
  connection: Connection,
  payment: Payment,
  balances: { readonly senderBalanceMinor: bigint; readonly receiverBalanceMinor: bigint },
  nowMs: number,
): Promise<void> {
  await connection.query({
    label: "insert-entries",
    sql: `INSERT INTO ledger_entries
       (payment_id, wallet_id, direction, amount_minor, currency, balance_after_minor, posted_at_ms)
     VALUES ($1, $2, 'debit', $3, $4, $5, $6), ($1, $7, 'credit', $3, $4, $8, $6)`,
    parameters: [
      payment.id,
      payment.senderWalletId,
      payment.money.amountMinor,
      payment.money.currency,
      balances.senderBalanceMinor,
      nowMs,
      payment.receiverWalletId,
      balances.receiverBalanceMinor,
    ],
  });
}

/** Records what was decided about a payment. */
export async function insertDecision(
  connection: Connection,
  paymentId: string,
  decision: TransferDecision,
  nowMs: number,
): Promise<void> {
  const [outcome, reason] =
    decision.kind === "move" ? ["completed", null] : ["refused", decision.reason];
  await connection.query({
    label: "insert-decision",
    sql: `INSERT INTO transfer_decisions (payment_id, outcome, reason, decided_at_ms)
     VALUES ($1, $2, $3, $4)`,
    parameters: [paymentId, outcome, reason, nowMs],
  });
}

/** Whether something was decided about a payment. */
export async function isDecided(connection: Connection, paymentId: string): Promise<boolean> {
  const { rowCount } = await connection.query({
    label: "read-decision",
    sql: `SELECT outcome FROM transfer_decisions WHERE payment_id = $1`,
    parameters: [paymentId],
  });
  return rowCount === 1;
}

/** A wallet from the columns id, currency and balance_minor. */
export function readWallet(row: Row): Wallet {
  const currency = textColumn(row, "currency");
  if (!isCurrency(currency)) {
    throw new Error(`column currency: ${JSON.stringify(currency)} is not a currency`);
  }
  const balance = { amountMinor: bigintColumn(row, "balance_minor"), currency };
  return { id: textColumn(row, "id"), balance };
}
