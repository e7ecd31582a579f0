import { textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Account } from "../domain/account.ts";
import { CHAIN_BEGINNING, faultAtEnd, followChain } from "../domain/chain.ts";
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

async function verifyChain(
  database: Database,
  account: Account,
): Promise<{ readonly entries: number; readonly fault: ChainFault | undefined }> {
  let end = CHAIN_BEGINNING;
  const faulty = (position: bigint, found: string) => {
    const fault = { accountId: account.id, position: String(position), found };
    return { entries: Number(end.position), fault };
  };
  while (end.position < account.entryCount) {
    const left = account.entryCount - end.position;
    const limit = left < PAGE ? Number(left) : PAGE;
    const page = await readEntries(database, account.id, end.position, limit);
    for (const entry of page) {
      const step = followChain(end, entry, account.balance.currency);
      if (step.kind === "fault") {
        return faulty(entry.position, step.found);
      }
      ({ end } = step);
    }
    if (page.length < limit) {
      break;
    }
  }
  const found = faultAtEnd(end, account);
  return found === undefined
    ? { entries: Number(end.position), fault: undefined }
    : faulty(end.position, found);
}
