import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Account } from "./account.ts";
import type { Money } from "./money.ts";

/** What an entry is for: a payment, or money that comes in from outside or goes out. */
export type Cause =
  | { readonly kind: "payment"; readonly id: string }
  | { readonly kind: "external"; readonly id: string };

export type Direction = "debit" | "credit";

/** One line of an account: a debit takes from it, a credit gives to it. */
export interface Entry {
  readonly cause: Cause;
  readonly accountId: string;
  /** 1 for the account's first entry, and so on without a gap. */
  readonly position: bigint;
  readonly direction: Direction;
  readonly money: Money;
  readonly balanceAfterMinor: bigint;
  readonly postedAtMs: number;
  /** SHA-256 in hexadecimal, over all of the above and the hash of the entry before. */
  readonly hash: string;
}

/** A movement of money: one account's debit is the other's credit. */
export interface Posting {
  readonly cause: Cause;
  readonly from: Account;
  readonly to: Account;
  readonly money: Money;
  readonly postedAtMs: number;
}

/** The two entries of a posting, the debit first. */
export function entriesOf(posting: Posting): readonly [debit: Entry, credit: Entry] {
  return [nextEntry(posting, posting.from, "debit"), nextEntry(posting, posting.to, "credit")];
}

/** An account after its next entry: it is what its last entry says. */
export function accountAfter(account: Account, entry: Entry): Account {
  return {
    ...account,
    balance: { ...account.balance, amountMinor: entry.balanceAfterMinor },
    entryCount: entry.position,
    lastEntryHash: entry.hash,
  };
}

/** What an entry's hash has to be, by what it says and the hash of the entry before it. */
export function hashOf(entry: Omit<Entry, "hash">, previousHash: string): string {
  const { cause, accountId, position, direction, money, balanceAfterMinor, postedAtMs } = entry;
  const said = [
    previousHash,
    cause.kind,
    cause.id,
    accountId,
    String(position),
    direction,
    String(money.amountMinor),
    money.currency,
    String(balanceAfterMinor),
    postedAtMs,
  ];
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(said))));
}

function nextEntry(posting: Posting, account: Account, direction: Direction): Entry {
  const { cause, money, postedAtMs } = posting;
  const { amountMinor } = money;
  const said = {
    cause,
    accountId: account.id,
    position: account.entryCount + 1n,
    direction,
    money,
    balanceAfterMinor: account.balance.amountMinor + signed(direction, amountMinor),
    postedAtMs,
  };
  return { ...said, hash: hashOf(said, account.lastEntryHash) };
}

/** What an entry does to its account's balance. */
export function signed(direction: Direction, amountMinor: bigint): bigint {
  return direction === "credit" ? amountMinor : -amountMinor;
}
