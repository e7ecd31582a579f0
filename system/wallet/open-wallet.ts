import { inTransaction } from "../database/transaction.ts";
import type { Money } from "../domain/money.ts";
import type { Wallet } from "../domain/wallet.ts";
import type { Clock } from "../ports/clock.ts";
import type { Connection, Database } from "../ports/database.ts";
import { readWallet } from "./records.ts";

/**
 * Opens a wallet funded from outside, and records the funding: the sum of all balances is judged
 * against it. Asked again with the same id, it answers the wallet that is there, as it is now.
 *
 * @throws DatabaseError; with `applied` unknown the wallet may be there, and asking again tells
 */
export async function openWallet(
  ports: { readonly database: Database; readonly clock: Clock },
  opening: { readonly walletId: string; readonly funding: Money },
): Promise<Wallet> {
  const { walletId, funding } = opening;
  const nowMs = ports.clock.nowMs();
  return inTransaction(ports.database, "open-wallet", async (connection) => {
    const { rowCount } = await connection.query({
      label: "insert-wallet",
      sql: `INSERT INTO wallets (id, currency, opening_minor, balance_minor, opened_at_ms)
       VALUES ($1, $2, $3, $3, $4)
       ON CONFLICT (id) DO NOTHING`,
      parameters: [walletId, funding.currency, funding.amountMinor, nowMs],
    });
    if (rowCount === 1) {
      await connection.query({
        label: "insert-funding",
        sql: `INSERT INTO external_funding (wallet_id, currency, amount_minor) VALUES ($1, $2, $3)`,
        parameters: [walletId, funding.currency, funding.amountMinor],
      });
    }
    return walletById(connection, walletId);
  });
}

async function walletById(connection: Connection, walletId: string): Promise<Wallet> {
  const { rows } = await connection.query({
    label: "read-wallet",
    sql: `SELECT id, currency, balance_minor FROM wallets WHERE id = $1`,
    parameters: [walletId],
  });
  const [row] = rows;
  if (row === undefined) {
    throw new Error(`wallet ${walletId} was opened, and is not there`);
  }
  return readWallet(row);
}
