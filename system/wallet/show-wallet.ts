import { runStatement } from "../database/transaction.ts";
import type { Account } from "../domain/account.ts";
import type { Database } from "../ports/database.ts";
import type { Principal } from "../ports/verifier.ts";
import { readAccount, WALLET_BY_ID } from "./accounts.ts";

/**
 * A wallet as it is now, for its owner and for operators; undefined for everybody else, and when
 * there is none: nobody is told of another's.
 *
 * @throws DatabaseError
 */
export async function showWallet(
  database: Database,
  walletId: string,
  { id, scopes }: Principal,
): Promise<Account | undefined> {
  const { rows } = await runStatement(database, "read", {
    label: "wallet",
    sql: WALLET_BY_ID,
    parameters: [walletId],
  });
  const [wallet] = rows.map(readAccount);
  return wallet?.ownerId === id || scopes.has("operator") ? wallet : undefined;
}
