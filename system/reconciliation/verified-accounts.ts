import { bigintColumn, textColumn } from "../database/row.ts";
import { runStatement, inTransaction } from "../database/transaction.ts";
import { CHAIN_BEGINNING, type ChainEnd } from "../domain/chain.ts";
import type { Database } from "../ports/database.ts";

/** How far the chains of accounts are verified, by account id. @throws DatabaseError */
export async function verifiedEnds(
  database: Database,
  accountIds: readonly string[],
): Promise<(accountId: string) => ChainEnd> {
  const { rows } = await runStatement(database, "read-verified", {
    label: "verified",
    sql: `SELECT account_id, position, balance_minor, hash FROM verified_accounts
     WHERE account_id = ANY ($1::text[])`,
    parameters: [accountIds],
  });
  const ends = new Map(
    rows.map((row) => [
      textColumn(row, "account_id"),
      {
        position: bigintColumn(row, "position"),
        balanceMinor: bigintColumn(row, "balance_minor"),
        hash: textColumn(row, "hash"),
      },
    ]),
  );
  return (accountId) => ends.get(accountId) ?? CHAIN_BEGINNING;
}

/** Notes how far chains are verified now. @throws DatabaseError */
export async function recordVerified(
  database: Database,
  ends: ReadonlyMap<string, ChainEnd>,
): Promise<void> {
  if (ends.size === 0) {
    return;
  }
  await inTransaction(database, "record-verified", async (connection) => {
    for (const [accountId, { position, balanceMinor, hash }] of ends) {
      const parameters = [accountId, position, balanceMinor, hash];
      const { rowCount } = await connection.query({
        label: "update-verified",
        sql: `UPDATE verified_accounts SET position = $2, balance_minor = $3, hash = $4
         WHERE account_id = $1`,
        parameters,
      });
      if (rowCount === 0) {
        await connection.query({
          label: "insert-verified",
          sql: `INSERT INTO verified_accounts (account_id, position, balance_minor, hash)
         VALUES ($1, $2, $3, $4)`,
          parameters,
        });
      }
    }
  });
}
