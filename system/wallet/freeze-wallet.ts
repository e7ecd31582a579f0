import { inRetriedTransaction } from "../database/transaction.ts";
import type { Account } from "../domain/account.ts";
import { ACCOUNT_COLUMNS, readAccount } from "./accounts.ts";
import type { WalletPorts } from "./wallet-ports.ts";

/**
 * Freezes a wallet, or lets it go: a frozen one neither takes nor gives money. Asked again, it
 * stays as it is.
 *
 * @returns undefined when there is no such wallet
 * @throws DatabaseError; asking again is safe
 */
export async function freezeWallet(
  ports: WalletPorts,
  walletId: string,
  frozen: boolean,
): Promise<Account | undefined> {
  const { rows } = await inRetriedTransaction(ports, frozen ? "freeze" : "unfreeze", (connection) =>
    connection.query({
      label: "set-frozen",
      sql: `UPDATE wallets SET frozen = $2 WHERE id = $1 AND kind = 'customer'
         RETURNING ${ACCOUNT_COLUMNS}`,
      parameters: [walletId, frozen],
    }),
  );
  return rows.map(readAccount)[0];
}
