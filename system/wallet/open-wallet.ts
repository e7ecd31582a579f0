import { inRetriedTransaction } from "../database/transaction.ts";
import type { Account } from "../domain/account.ts";
import { entriesOf } from "../domain/ledger.ts";
import { BALANCE_MINOR_MAX, type Money } from "../domain/money.ts";
import type { RefusalReason } from "../domain/payment.ts";
import type { Connection } from "../ports/database.ts";
import { findWallet, insertAccount, lockOutside, lockWallets } from "./accounts.ts";
import { findExternalTransfer, insertExternalTransfer } from "./external-transfers.ts";
import { post } from "./post.ts";
import type { WalletPorts } from "./wallet-ports.ts";

export type Opening =
  | { readonly kind: "open"; readonly wallet: Account }
  | { readonly kind: "refused"; readonly reason: RefusalReason }
  /** There is a wallet of that id, and it was opened otherwise. */
  | { readonly kind: "opened-otherwise" };

/**
 * Opens a wallet, funded from outside. Asked again with the same words, it answers the wallet that
 * is there, as it is now.
 *
 * @throws DatabaseError; with `applied` unknown the wallet may be there, and asking again tells
 */
export async function openWallet(
  ports: Omit<WalletPorts, "entropy">,
  opening: { readonly walletId: string; readonly ownerId: string; readonly funding: Money },
): Promise<Opening> {
  const { walletId, ownerId, funding } = opening;
  const nowMs = ports.clock.nowMs();
  if (funding.amountMinor > BALANCE_MINOR_MAX) {
    return { kind: "refused", reason: "limit_exceeded" };
  }
  return inRetriedTransaction(ports, "open-wallet", async (connection) => {
    const { currency } = funding;
    const account = { id: walletId, kind: "customer", currency, ownerId } as const;
    if (!(await insertAccount(connection, account, nowMs))) {
      return (await wasOpenedWith(connection, opening))
        ? { kind: "open", wallet: await walletById(connection, walletId) }
        : { kind: "opened-otherwise" };
    }
    if (funding.amountMinor > 0n) {
      await fund(connection, walletId, funding, nowMs);
    }
    return { kind: "open", wallet: await walletById(connection, walletId) };
  });
}

/** A wallet is opened once, so its id names the opening, too. */
function openingId(walletId: string): string {
  return `opening/${walletId}`;
}

async function fund(
  connection: Connection,
  walletId: string,
  money: Money,
  nowMs: number,
): Promise<void> {
  const [to] = await lockWallets(connection, [walletId]);
  if (to === undefined) {
    throw new Error(`wallet ${walletId} was made, and is not there`);
  }
  const from = await lockOutside(connection, money.currency, nowMs);
  const id = openingId(walletId);
  const transfer = { id, walletId, kind: "opening", money, reason: null } as const;
  await insertExternalTransfer(connection, transfer, nowMs);
  const cause = { kind: "external", id } as const;
  await post(connection, entriesOf({ cause, from, to, money, postedAtMs: nowMs }));
}

async function wasOpenedWith(
  connection: Connection,
  { walletId, ownerId, funding }: Parameters<typeof openWallet>[1],
): Promise<boolean> {
  const wallet = await walletById(connection, walletId);
  const opening = await findExternalTransfer(connection, openingId(walletId));
  return (
    wallet.ownerId === ownerId &&
    wallet.balance.currency === funding.currency &&
    (opening?.money.amountMinor ?? 0n) === funding.amountMinor
  );
}

async function walletById(connection: Connection, walletId: string): Promise<Account> {
  const wallet = await findWallet(connection, walletId);
  if (wallet === undefined) {
    throw new Error(`wallet ${walletId} was opened, and is not there`);
  }
  return wallet;
}
