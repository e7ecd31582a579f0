import { bigintColumn } from "../database/row.ts";
import type { Account } from "../domain/account.ts";
import { faultAtEnd, followChain, type ChainEnd } from "../domain/chain.ts";
import { signed, type Entry } from "../domain/ledger.ts";
import type { Database } from "../ports/database.ts";
import type { Break } from "./break-classes.ts";
import type { Examination } from "./examination.ts";
import type { Snapshot } from "./snapshot.ts";
import { recordVerified, verifiedEnds } from "./verified-accounts.ts";
import {
  accountsAfter,
  decisionsOf,
  entriesAfter,
  entriesOfExternals,
  externalsById,
  externalsWritten,
  type ExternalRecord,
} from "./wallet-side.ts";

const PAGE = 500;

/**
 * R2, R3 and R12: every account against its chain, from where it was verified last; the sums of all
 * accounts; and what came in and went out against the entries that say so. A posting that nobody
 * decided is an orphan, whoever asked for it.
 */
export async function examineAccounts(
  database: Database,
  { cut, seen, note }: Examination,
): Promise<{ readonly accounts: number; readonly entries: number; readonly counted: number }> {
  const sums = new Map<string, bigint>();
  let accounts = 0;
  let entries = 0;
  for (let after = ""; ;) {
    const page = await accountsAfter(cut.wallet, after, PAGE);
    const endOf = await verifiedEnds(database, seen.wallet === 0n ? [] : page.map(({ id }) => id));
    const ends = new Map<string, ChainEnd>();
    for (const account of page) {
      const { amountMinor, currency } = account.balance;
      sums.set(currency, (sums.get(currency) ?? 0n) + amountMinor);
      const chain = await examineChain(cut.wallet, account, endOf(account.id), note);
      entries += chain.entries;
      if (chain.entries > 0 && chain.isSound) {
        ends.set(account.id, chain.end);
      }
    }
    await recordVerified(database, ends);
    accounts += page.length;
    if (page.length < PAGE) {
      break;
    }
    after = page.at(-1)?.id ?? "";
  }
  await note([...sums].flatMap(([currency, sum]) => whyNotZero(currency, sum)));
  await examineExternals(cut.wallet, seen.wallet, note);
  return { accounts, entries, counted: await countAccounts(cut.wallet) };
}

function whyNotZero(currency: string, sum: bigint): readonly Break[] {
  return sum === 0n
    ? []
    : [
        {
          class: "CONSERVATION",
          subject: `currency ${currency}`,
          detail: `all accounts sum to ${sum} minor units, with what is outside among them`,
        },
      ];
}

interface Chain {
  readonly end: ChainEnd;
  readonly entries: number;
  readonly isSound: boolean;
}

async function examineChain(
  snapshot: Snapshot,
  account: Account,
  from: ChainEnd,
  note: Examination["note"],
): Promise<Chain> {
  let end = from;
  let count = 0;
  const broken = async (name: "TAMPER" | "BALANCE_DRIFT", detail: string): Promise<Chain> => {
    await note([{ class: name, subject: `account ${account.id}`, detail }]);
    return { end, entries: count, isSound: false };
  };
  while (end.position < account.entryCount) {
    const page = await entriesAfter(snapshot, account.id, end.position, PAGE);
    for (const entry of page) {
      const step = followChain(end, entry, account.balance.currency);
      if (step.kind === "fault") {
        const name = step.fault === "balance" ? "BALANCE_DRIFT" : "TAMPER";
        return broken(name, `at entry ${entry.position}: ${step.found}`);
      }
      count += 1;
      ({ end } = step);
    }
    await note(await undecidedAmong(snapshot, page));
    await note(await unexplainedAmong(snapshot, page));
    if (page.length < PAGE) {
      break;
    }
  }
  const found = faultAtEnd(end, account);
  if (found === undefined) {
    return { end, entries: count, isSound: true };
  }
  const isDrift =
    end.position === account.entryCount && end.balanceMinor !== account.balance.amountMinor;
  return broken(isDrift ? "BALANCE_DRIFT" : "TAMPER", found);
}

/** R5: entries of payments that the wallet never decided. */
async function undecidedAmong(
  snapshot: Snapshot,
  entries: readonly Entry[],
): Promise<readonly Break[]> {
  const ids = entries.flatMap(({ cause }) => (cause.kind === "payment" ? [cause.id] : []));
  const decided = await decisionsOf(snapshot, ids);
  return ids
    .filter((id) => !decided.has(id))
    .map((id) => ({
      class: "ORPHAN_LEDGER",
      subject: `payment ${id}`,
      detail: "it has entries, and the wallet never decided it",
    }));
}

/** R3: entries of money that came in or went out, and is not written down so. */
async function unexplainedAmong(
  snapshot: Snapshot,
  entries: readonly Entry[],
): Promise<readonly Break[]> {
  const external = entries.filter(({ cause }) => cause.kind === "external");
  const records = await externalsById(
    snapshot,
    external.map(({ cause }) => cause.id),
  );
  return external
    .filter((entry) => !explains(records.get(entry.cause.id), entry))
    .map((entry) => ({
      class: "CONSERVATION",
      subject: `external transfer ${entry.cause.id}`,
      detail: `account ${entry.accountId} has an entry of ${entry.money.amountMinor} minor units for it, and it is not written down so`,
    }));
}

function explains(record: ExternalRecord | undefined, entry: Entry): boolean {
  if (record === undefined) {
    return false;
  }
  const isWallet = entry.accountId === record.walletId;
  const gets = isWallet === record.isIncoming ? "credit" : "debit";
  return (
    entry.money.amountMinor === record.amountMinor &&
    entry.money.currency === record.currency &&
    entry.direction === gets
  );
}

/** R3: money that is written down as having come in or gone out, without its two entries. */
async function examineExternals(
  snapshot: Snapshot,
  since: bigint,
  note: Examination["note"],
): Promise<void> {
  for (let after = ""; ;) {
    const page = await externalsWritten(snapshot, since, after, PAGE);
    const entries = await entriesOfExternals(
      snapshot,
      page.map(({ id }) => id),
    );
    await note(page.flatMap((record) => whyUnposted(record, entries.get(record.id) ?? [])));
    if (page.length < PAGE) {
      return;
    }
    after = page.at(-1)?.id ?? "";
  }
}

function whyUnposted(record: ExternalRecord, entries: readonly Entry[]): readonly Break[] {
  const sum = entries.reduce(
    (total, { direction, money }) => total + signed(direction, money.amountMinor),
    0n,
  );
  return entries.length === 2 && sum === 0n
    ? []
    : [
        {
          class: "CONSERVATION",
          subject: `external transfer ${record.id}`,
          detail: `it has ${entries.length} entries that sum to ${sum} minor units`,
        },
      ];
}

async function countAccounts(snapshot: Snapshot): Promise<number> {
  const rows = await snapshot.read(
    "count-accounts",
    "SELECT count(*) AS accounts FROM wallets",
    [],
  );
  return rows[0] === undefined ? 0 : Number(bigintColumn(rows[0], "accounts"));
}
