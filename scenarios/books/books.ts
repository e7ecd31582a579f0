import type { ServiceName } from "../../system/process/roles.ts";

/**
 * What both databases hold, as the judge keeps it: fed change by change while commits are watched,
 * or all at once from a reading in the end. `book-keeper.ts` writes it, the promises read it.
 */
export interface Books {
  readonly wallets: ReadonlyMap<string, WalletBook>;
  /** By currency: the sum of all balances, and of what came in from outside. */
  readonly balanceMinor: ReadonlyMap<string, bigint>;
  readonly fundingMinor: ReadonlyMap<string, bigint>;
  /** What the payment service says, by payment id. */
  readonly payments: ReadonlyMap<string, PaymentBook>;
  /** What the wallet service says, by payment id. */
  readonly movements: ReadonlyMap<string, MovementBook>;
  readonly outboxes: Readonly<Record<ServiceName, ReadonlyMap<string, OutboxBook>>>;
  /** The client's key of a payment, by payment id: what the payment is called in a report. */
  readonly keys: ReadonlyMap<string, string>;
}

export interface WalletBook {
  readonly id: string;
  readonly currency: string;
  readonly openingMinor: bigint;
  balanceMinor: bigint;
  /** Credits less debits. */
  entriesMinor: bigint;
}

export interface PaymentBook {
  readonly id: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  status: string;
  reason: string | null;
}

export interface MovementBook {
  readonly entries: EntryBook[];
  decision: { readonly outcome: string; readonly reason: string | null } | undefined;
}

export interface EntryBook {
  readonly walletId: string;
  readonly direction: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

export interface OutboxBook {
  readonly eventId: string;
  readonly topic: string;
  sent: boolean;
}

/** What a commit touched: promises judged at every commit look at this only. */
export interface Touched {
  readonly wallets: ReadonlySet<string>;
  /** Payment ids, on either side. */
  readonly payments: ReadonlySet<string>;
}

/** The short name of a payment in a report: the client's key, or the id where there is none. */
export function paymentName(books: Books, paymentId: string): string {
  return `payment ${books.keys.get(paymentId) ?? paymentId}`;
}
