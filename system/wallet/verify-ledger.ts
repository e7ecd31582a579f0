import { textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Account } from "../domain/account.ts";
import { hashOf, signed, type Entry } from "../domain/ledger.ts";
import type { Database } from "../ports/database.ts";
import { ACCOUNT_COLUMNS, readAccount } from "./accounts.ts";
import { readEntries } from "./entries.ts";

/** Where a chain of entries is broken first. */
export interface ChainFault {
  readonly accountId: string;
  /** The entry that is wrong, or after which one is missing. */
  readonly position: string;
  readonly found: string;
}

export interface LedgerVerdict {
  readonly accounts: number;
  readonly entries: number;
  /** At most one an account, and at most `FAULTS_MAX` in all. */
  readonly faults: readonly ChainFault[];
}

const PAGE = 500;
const FAULTS_MAX = 100;

/**
 * Recomputes every account's chain from its first entry: positions without a gap, running balances,
 * hashes, and the account's own row as the end of it. It reads page by page while payments go on,
 * so an account is judged as far as it was when it was read.
 *
 * @throws DatabaseError
 */
export async function verifyLedger(database: Database): Promise<LedgerVerdict> {
  const faults: ChainFault[] = [];
  let accounts = 0;
  let entries = 0;
  for await (const account of allAccounts(database)) {
    const chain = await verifyChain(database, account);
    accounts += 1;
    entries += chain.entries;
    if (chain.fault !== undefined && faults.length < FAULTS_MAX) {
      faults.push(chain.fault);
    }
  }
  return { accounts, entries, faults };
}

async function* allAccounts(database: Database): AsyncGenerator<Account> {
  let afterId = "";
  for (;;) {
    const { rows } = await runStatement(database, "verify", {
      label: "accounts",
      sql: `SELECT ${ACCOUNT_COLUMNS} FROM wallets WHERE id > $1 ORDER BY id LIMIT $2`,
      parameters: [afterId, PAGE],
    });
    for (const row of rows) {
      yield readAccount(row);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) {
      return;
    }
    afterId = textColumn(last, "id");
  }
}

/** What the chain comes to so far. */
interface End {
  readonly position: bigint;
  readonly balanceMinor: bigint;
  readonly hash: string;
}

async function verifyChain(
  database: Database,
  account: Account,
): Promise<{ readonly entries: number; readonly fault: ChainFault | undefined }> {
  let end: End = { position: 0n, balanceMinor: 0n, hash: "" };
  while (end.position < account.entryCount) {
    const left = account.entryCount - end.position;
    const limit = left < PAGE ? Number(left) : PAGE;
    const page = await readEntries(database, account.id, end.position, limit);
    for (const entry of page) {
      const found = faultOf(entry, end, account);
      if (found !== undefined) {
        return faulty(account, entry.position, end, found);
      }
      end = { position: entry.position, balanceMinor: entry.balanceAfterMinor, hash: entry.hash };
    }
    if (page.length < limit) {
      const found = `the account counts ${account.entryCount} entries, and there is none after it`;
      return faulty(account, end.position, end, found);
    }
  }
  const isEnd =
    end.balanceMinor === account.balance.amountMinor && end.hash === account.lastEntryHash;
  return isEnd
    ? { entries: Number(end.position), fault: undefined }
    : faulty(
        account,
        end.position,
        end,
        "the account's balance or hash is not that of its last entry",
      );
}

function faultOf(entry: Entry, end: End, account: Account): string | undefined {
  if (entry.position !== end.position + 1n) {
    return `expected entry ${end.position + 1n}`;
  }
  const { direction, money, balanceAfterMinor } = entry;
  if (money.currency !== account.balance.currency) {
    return `it is in ${money.currency}, and the account in ${account.balance.currency}`;
  }
  const balanceMinor = end.balanceMinor + signed(direction, money.amountMinor);
  if (balanceAfterMinor !== balanceMinor) {
    return `it leaves ${balanceAfterMinor} minor units, and the entries up to it make ${balanceMinor}`;
  }
  return entry.hash === hashOf(entry, end.hash) ? undefined : "its hash does not recompute";
}

function faulty(account: Account, position: bigint, end: End, found: string) {
  const fault = { accountId: account.id, position: String(position), found };
  return { entries: Number(end.position), fault };
}
