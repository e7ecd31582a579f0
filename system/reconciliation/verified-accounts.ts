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
  const ids = [...ends.keys()];
  const values = [...ends.values()];
  await inTransaction(database, "record-verified", async (connection) => {
    await connection.query({
      label: "forget-verified",
      sql: `DELETE FROM verified_accounts WHERE account_id = ANY ($1::text[])`,
      parameters: [ids],
    });
    await connection.query({
      label: "insert-verified",
      sql: `INSERT INTO verified_accounts (account_id, position, balance_minor, hash)
       SELECT account_id, position, balance_minor, hash
       FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])
         AS verified (account_id, position, balance_minor, hash)`,
      parameters: [
        ids,
        values.map(({ position }) => position),
        values.map(({ balanceMinor }) => balanceMinor),
        values.map(({ hash }) => hash),
      ],
    });
  });
}
