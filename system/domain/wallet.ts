import { AMOUNT_MINOR_MAX, type Money } from "./money.ts";
import type { Payment, RefusalReason } from "./payment.ts";

export interface Wallet {
  readonly id: string;
  readonly balance: Money;
}

export type TransferDecision =
  | {
      readonly kind: "move";
      readonly senderBalanceMinor: bigint;
      readonly receiverBalanceMinor: bigint;
    }
  | { readonly kind: "refuse"; readonly reason: RefusalReason };

/** What the wallet does about a payment, given both wallets as they are under lock. */
export function decideTransfer(
  payment: Payment,
  wallets: { readonly sender: Wallet | undefined; readonly receiver: Wallet | undefined },
): TransferDecision {
  const { sender, receiver } = wallets;
  if (payment.senderWalletId === payment.receiverWalletId) {
    return { kind: "refuse", reason: "same_wallet" };
  }
  if (sender === undefined || receiver === undefined) {
    return { kind: "refuse", reason: "unknown_wallet" };
  }
  const { amountMinor, currency } = payment.money;
  if (sender.balance.currency !== currency || receiver.balance.currency !== currency) {
    return { kind: "refuse", reason: "currency_mismatch" };
  }
  if (sender.balance.amountMinor < amountMinor) {
    return { kind: "refuse", reason: "insufficient_balance" };
  }
  const receiverBalanceMinor = receiver.balance.amountMinor + amountMinor;
  if (receiverBalanceMinor > AMOUNT_MINOR_MAX) {
    return { kind: "refuse", reason: "limit_exceeded" };
  }
  return {
    kind: "move",
    senderBalanceMinor: sender.balance.amountMinor - amountMinor,
    receiverBalanceMinor,
  };
}
