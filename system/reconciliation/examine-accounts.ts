import type { Account } from "../domain/account.ts";
import { faultAtEnd, followChain, type ChainEnd } from "../domain/chain.ts";
import { signed, type Entry } from "../domain/ledger.ts";
import type { Database } from "../ports/database.ts";
import type { Break } from "./break-classes.ts";
import type { Count, Examination } from "./examination.ts";
import { countIn, type Snapshot } from "./snapshot.ts";
import { recordVerified, verifiedEnds } from "./verified-accounts.ts";
import {
  accountsAfter,
  countExternals,
  decisionsOf,
  entriesOfExternals,
  entriesOfSpans,
  externalsById,
  externalsWritten,
  type EntrySpan,
  type ExternalRecord,
} from "./wallet-side.ts";

const PAGE = 500;
/** The largest bigint of PostgreSQL. */
const POSITION_MAX = 9_223_372_036_854_775_807n;

/**
 * R2, R3 and R12: every account against its chain, from where it was verified last; the sums of all
 * accounts; and what came in and went out against the entries that say so. A posting that nobody
 * decided is an orphan, whoever asked for it.
 */
export async function examineAccounts(
  database: Database,
  { cut, seen, note }: Examination,
): Promise<{ readonly accounts: Count; readonly entries: number; readonly externals: Count }> {
  const sums = new Map<string, bigint>();
  let accounts = 0;
  let entries = 0;
  for (let after = ""; ;) {
    const page = await accountsAfter(cut.wallet, after, PAGE);
    for (const { balance } of page) {
      sums.set(balance.currency, (sums.get(balance.currency) ?? 0n) + balance.amountMinor);
    }
    const endOf = await verifiedEnds(database, seen.wallet === 0n ? [] : page.map(({ id }) => id));
    const chains = page.map((account) => new Chain(account, endOf(account.id)));
    for (const spans of packed(chains)) {
      entries += await examineSpans(cut.wallet, spans, note);
    }
    await note(chains.flatMap((chain) => chain.whyBroken()));
    await recordVerified(database, new Map(chains.flatMap((chain) => chain.verified())));
    accounts += page.length;
    if (page.length < PAGE) {
      break;
    }
    after = page.at(-1)?.id ?? "";
  }
  await note([...sums].flatMap(([currency, sum]) => whyNotZero(currency, sum)));
  const externals = await examineExternals(cut.wallet, seen.wallet, note);
  const countedAccounts = await countIn(
    cut.wallet,
    "count-accounts",
    "SELECT count(*) AS counted FROM wallets",
    [],
  );
  return {
    accounts: { examined: accounts, counted: countedAccounts },
    entries,
    externals: { examined: externals, counted: await countExternals(cut.wallet, seen.wallet) },
  };
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

/** Entries of one chain that are read at once. */
interface Span extends EntrySpan {
  readonly chain: Chain;
}

/**
 * The new entries of many chains, in portions of a page: a long chain makes many of them, and many
 * short ones make one.
 */
function* packed(chains: readonly Chain[]): Generator<readonly Span[]> {
  let portion: Span[] = [];
  let left = PAGE;
  for (const chain of chains) {
    const { id, entryCount } = chain.account;
    for (let after = chain.from.position; ;) {
      const isLast = after + BigInt(left) > entryCount;
      const next = isLast ? entryCount : after + BigInt(left);
      // Beyond its count there should be nothing, and nobody knows where something is.
      portion.push({ chain, accountId: id, after, upTo: isLast ? POSITION_MAX : next });
      left -= Number(next - after) + (isLast ? 1 : 0);
      after = next;
      if (left === 0) {
        yield portion;
        portion = [];
        left = PAGE;
      }
      if (isLast) {
        break;
      }
    }
  }
  if (portion.length > 0) {
    yield portion;
  }
}

/** @returns how many entries were followed */
async function examineSpans(
  snapshot: Snapshot,
  spans: readonly Span[],
  note: Examination["note"],
): Promise<number> {
  const found = await entriesOfSpans(snapshot, spans);
  const followed = spans.flatMap(({ chain, accountId }) =>
    chain.follow(found.get(accountId) ?? []),
  );
  await note(await undecidedAmong(snapshot, followed));
  await note(await unexplainedAmong(snapshot, followed));
  return followed.length;
}

/** One account and its chain of entries, as far as it was followed. */
class Chain {
  readonly account: Account;
  /** Where it was verified last. */
  readonly from: ChainEnd;
  #end: ChainEnd;
  #broken: Break | undefined;

  constructor(account: Account, from: ChainEnd) {
    this.account = account;
    this.from = from;
    this.#end = from;
  }

  /** @returns the entries up to the first that does not fit; none after one */
  follow(entries: readonly Entry[]): readonly Entry[] {
    const followed: Entry[] = [];
    for (const entry of entries) {
      if (this.#broken !== undefined) {
        break;
      }
      const step = followChain(this.#end, entry, this.account.balance.currency);
      if (step.kind === "fault") {
        const name = step.fault === "balance" ? "BALANCE_DRIFT" : "TAMPER";
        this.#broken = this.#breakOf(name, `at entry ${entry.position}: ${step.found}`);
      } else {
        this.#end = step.end;
        followed.push(entry);
      }
    }
    return followed;
  }

  /** When all its entries were followed: what is wrong with it, if anything. */
  whyBroken(): readonly Break[] {
    if (this.#broken === undefined) {
      const { balance, entryCount } = this.account;
      const { position, balanceMinor } = this.#end;
      const found = faultAtEnd(this.#end, this.account);
      const isDrift = position === entryCount && balanceMinor !== balance.amountMinor;
      this.#broken =
        found === undefined
          ? undefined
          : this.#breakOf(isDrift ? "BALANCE_DRIFT" : "TAMPER", found);
    }
    return this.#broken === undefined ? [] : [this.#broken];
  }

  /** Its end, where it is sound and further than before. */
  verified(): readonly (readonly [accountId: string, end: ChainEnd])[] {
    return this.#broken === undefined && this.#end.position > this.from.position
      ? [[this.account.id, this.#end]]
      : [];
  }

  #breakOf(name: "TAMPER" | "BALANCE_DRIFT", detail: string): Break {
    return { class: name, subject: `account ${this.account.id}`, detail };
  }
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

/**
 * R3: money that is written down as having come in or gone out, without its two entries.
 *
 * @returns how many transfers were looked at
 */
async function examineExternals(
  snapshot: Snapshot,
  since: bigint,
  note: Examination["note"],
): Promise<number> {
  let examined = 0;
  for (let after = ""; ;) {
    const page = await externalsWritten(snapshot, since, after, PAGE);
    const entries = await entriesOfExternals(
      snapshot,
      page.map(({ id }) => id),
    );
    await note(page.flatMap((record) => whyUnposted(record, entries.get(record.id) ?? [])));
    examined += page.length;
    if (page.length < PAGE) {
      return examined;
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
