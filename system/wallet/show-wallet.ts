import { runStatement } from "../database/transaction.ts";
import type { Account } from "../domain/account.ts";
import type { Database } from "../ports/database.ts";
import { readAccount, WALLET_BY_ID } from "./accounts.ts";

/** A wallet as it is now; undefined when there is none. @throws DatabaseError */
export async function showWallet(
  database: Database,
  walletId: string,
): Promise<Account | undefined> {
  const { rows } = await runStatement(database, "read", {
    label: "wallet",
    sql: WALLET_BY_ID,
    parameters: [walletId],
  });
  return rows.map(readAccount)[0];
}
