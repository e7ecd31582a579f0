import type { Money } from "./money.ts";

/** An account of the ledger, as its row says. */
export interface Account {
  readonly id: string;
  /** The principal who may send from it, and see it; null for none. */
  readonly ownerId: string | null;
  readonly balance: Money;
  /** Takes and gives no money. */
  readonly frozen: boolean;
  /** How many entries it has: the position of the last one. */
  readonly entryCount: bigint;
  /** The hash of the last one; empty before the first. */
  readonly lastEntryHash: string;
}

/**
 * The account of a currency that stands for what is outside. No client can name it: an identifier
 * has no slash.
 */
export function outsideAccountId(currency: string): string {
  return `outside/${currency}`;
}
