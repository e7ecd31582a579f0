import type { Account } from "./account.ts";
import { hashOf, signed, type Entry } from "./ledger.ts";

/** What an account's chain of entries comes to at one of them. */
export interface ChainEnd {
  /** Of the last entry; zero before the first. */
  readonly position: bigint;
  readonly balanceMinor: bigint;
  readonly hash: string;
}

/** Where every chain begins. */
export const CHAIN_BEGINNING: ChainEnd = { position: 0n, balanceMinor: 0n, hash: "" };

/** One step along a chain: where it ends now, or what is wrong with the entry. */
export type ChainStep =
  | { readonly kind: "end"; readonly end: ChainEnd }
  | { readonly kind: "fault"; readonly fault: "balance" | "tamper"; readonly found: string };

/** Takes in the next entry of a chain. `balance` is a wrong sum; `tamper` all else. */
export function followChain(end: ChainEnd, entry: Entry, currency: string): ChainStep {
  if (entry.position !== end.position + 1n) {
    return { kind: "fault", fault: "tamper", found: `expected entry ${end.position + 1n}` };
  }
  const { direction, money, balanceAfterMinor, position, hash } = entry;
  if (money.currency !== currency) {
    const found = `it is in ${money.currency}, and the account in ${currency}`;
    return { kind: "fault", fault: "tamper", found };
  }
  if (hash !== hashOf(entry, end.hash)) {
    return { kind: "fault", fault: "tamper", found: "its hash does not recompute" };
  }
  const balanceMinor = end.balanceMinor + signed(direction, money.amountMinor);
  if (balanceAfterMinor !== balanceMinor) {
    const found = `it leaves ${balanceAfterMinor} minor units, and the entries up to it make ${balanceMinor}`;
    return { kind: "fault", fault: "balance", found };
  }
  return { kind: "end", end: { position, balanceMinor, hash } };
}

/** What is wrong with an account's own row at the end of its chain, or undefined. */
export function faultAtEnd(end: ChainEnd, account: Account): string | undefined {
  if (end.position !== account.entryCount) {
    return `the account counts ${account.entryCount} entries, and its chain ends at entry ${end.position}`;
  }
  if (end.balanceMinor !== account.balance.amountMinor) {
    return `the account holds ${account.balance.amountMinor} minor units, and its entries make ${end.balanceMinor}`;
  }
  return end.hash === account.lastEntryHash
    ? undefined
    : "the account's hash is not that of its last entry";
}
