import {
  bigintColumn,
  booleanColumn,
  nullableTextColumn,
  textColumn,
  currencyColumn,
} from "../database/row.ts";
import { outsideAccountId, type Account } from "../domain/account.ts";
import type { Currency } from "../domain/money.ts";
import type { Connection, Row } from "../ports/database.ts";

/**
 * Locks customers' wallets until the caller's transaction ends. Everybody locks in id order, so
 * that two transfers between two wallets never deadlock.
 *
 * @returns those that are there
 */
export async function lockWallets(
  connection: Connection,
  walletIds: readonly string[],
): Promise<readonly Account[]> {
  const { rows } = await connection.query({
    label: "lock-wallets",
    sql: `SELECT ${ACCOUNT_COLUMNS} FROM wallets
     WHERE id = ANY ($1::text[]) AND kind = 'customer' ORDER BY id FOR UPDATE`,
    parameters: [walletIds],
  });
  return rows.map(readAccount);
}

/**
 * Locks the account that stands for what is outside, which is made when money of a currency comes
 * in for the first time. It is locked after every wallet.
 */
export async function lockOutside(
  connection: Connection,
  currency: Currency,
  nowMs: number,
): Promise<Account> {
  const id = outsideAccountId(currency);
  await insertAccount(connection, { id, kind: "outside", currency, ownerId: null }, nowMs);
  const { rows } = await connection.query({
    label: "lock-outside",
    sql: `SELECT ${ACCOUNT_COLUMNS} FROM wallets WHERE id = $1 FOR UPDATE`,
    parameters: [id],
  });
  return readOne(rows, id);
}

/** An account by its id, without a lock; undefined when there is none. */
export async function findWallet(
  connection: Connection,
  walletId: string,
): Promise<Account | undefined> {
  const { rows } = await connection.query({
    label: "read-wallet",
    sql: WALLET_BY_ID,
    parameters: [walletId],
  });
  return rows.map(readAccount)[0];
}

/** Makes an empty account. @returns false when one of that id is there */
export async function insertAccount(
  connection: Connection,
  account: {
    readonly id: string;
    readonly kind: "customer" | "outside";
    readonly currency: Currency;
    readonly ownerId: string | null;
  },
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await connection.query({
    label: account.kind === "customer" ? "insert-wallet" : "insert-outside",
    sql: `INSERT INTO wallets
       (id, kind, currency, balance_minor, frozen, entry_count, last_entry_hash, opened_at_ms,
        owner_id)
     VALUES ($1, $2, $3, 0, false, 0, '', $4, $5)
     ON CONFLICT (id) DO NOTHING`,
    parameters: [account.id, account.kind, account.currency, nowMs, account.ownerId],
  });
  return rowCount === 1;
}

/** The columns that `readAccount` reads. */
export const ACCOUNT_COLUMNS =
  "id, owner_id, currency, balance_minor, frozen, entry_count, last_entry_hash";

export const WALLET_BY_ID = `SELECT ${ACCOUNT_COLUMNS} FROM wallets WHERE id = $1 AND kind = 'customer'`;

/** @throws Error naming the column that is not what it should be */
export function readAccount(row: Row): Account {
  const currency = currencyColumn(row);
  return {
    id: textColumn(row, "id"),
    ownerId: nullableTextColumn(row, "owner_id"),
    balance: { amountMinor: bigintColumn(row, "balance_minor"), currency },
    frozen: booleanColumn(row, "frozen"),
    entryCount: bigintColumn(row, "entry_count"),
    lastEntryHash: textColumn(row, "last_entry_hash"),
  };
}

function readOne(rows: readonly Row[], id: string): Account {
  const [row] = rows;
  if (row === undefined) {
    throw new Error(`account ${id} was made, and is not there`);
  }
  return readAccount(row);
}
