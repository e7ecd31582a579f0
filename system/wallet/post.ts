import { entriesOf, type Entry, type Posting } from "../domain/ledger.ts";
import type { Connection } from "../ports/database.ts";

/**
 * Moves money from one account to another, under the caller's locks of both: the balances, and the
 * two entries that say why.
 *
 * @throws Error when an account is not there
 */
export async function post(connection: Connection, posting: Posting): Promise<void> {
  const [debit, credit] = entriesOf(posting);
  await updateAccount(connection, debit);
  await updateAccount(connection, credit);
  const payment = posting.cause.kind === "payment" ? posting.cause.id : null;
  const external = posting.cause.kind === "external" ? posting.cause.id : null;
  await connection.query({
    label: "insert-entries",
    sql: `INSERT INTO ledger_entries
       (payment_id, external_transfer_id, amount_minor, currency, posted_at_ms,
        wallet_id, position, direction, balance_after_minor, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'debit', $8, $9), ($1, $2, $3, $4, $5, $10, $11, 'credit', $12, $13)`,
    parameters: [
      payment,
      external,
      posting.money.amountMinor,
      posting.money.currency,
      posting.postedAtMs,
      ...[debit.accountId, debit.position, debit.balanceAfterMinor, debit.hash],
      ...[credit.accountId, credit.position, credit.balanceAfterMinor, credit.hash],
    ],
  });
}

/** An account is what its last entry says. */
async function updateAccount(connection: Connection, entry: Entry): Promise<void> {
  const { rowCount } = await connection.query({
    label: "update-balance",
    sql: `UPDATE wallets SET balance_minor = $2, entry_count = $3, last_entry_hash = $4 WHERE id = $1`,
    parameters: [entry.accountId, entry.balanceAfterMinor, entry.position, entry.hash],
  });
  if (rowCount !== 1) {
    throw new Error(`a balance update hit ${rowCount} accounts, not 1`);
  }
}
