import type { Money } from "./money.ts";

/** A transfer as the payment service accepts it. */
export interface Payment {
  readonly id: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  readonly money: Money;
  /** The principal who asked for it. */
  readonly orderedBy: string;
  /** As what: an owner has to own the sender's wallet, which the wallet service finds out. */
  readonly orderedAs: OrderedAs;
}

export const ORDERED_AS = ["owner", "operator"] as const;
export type OrderedAs = (typeof ORDERED_AS)[number];

/** PENDING until the wallet's verdict arrives; COMPLETED and FAILED never change. */
export const PAYMENT_STATUSES = ["PENDING", "COMPLETED", "FAILED"] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Why the wallet refused a transfer. */
export const REFUSAL_REASONS = [
  "insufficient_balance",
  "unknown_wallet",
  "not_owner",
  "frozen_wallet",
  "currency_mismatch",
  "same_wallet",
  "limit_exceeded",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];
