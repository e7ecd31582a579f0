import type { Account } from "./account.ts";
import { BALANCE_MINOR_MAX, type Money } from "./money.ts";
import type { Payment, RefusalReason } from "./payment.ts";

export type TransferDecision =
  | { readonly kind: "move"; readonly from: Account; readonly to: Account }
  | { readonly kind: "refuse"; readonly reason: RefusalReason };

/** What the wallet does about a payment, given both wallets as they are under lock. */
export function decideTransfer(
  payment: Payment,
  wallets: { readonly sender: Account | undefined; readonly receiver: Account | undefined },
): TransferDecision {
  const { sender, receiver } = wallets;
  if (payment.senderWalletId === payment.receiverWalletId) {
    return { kind: "refuse", reason: "same_wallet" };
  }
  if (sender === undefined || receiver === undefined) {
    return { kind: "refuse", reason: "unknown_wallet" };
  }
  // Before all that would tell a stranger how the wallet stands.
  if (payment.orderedAs === "owner" && sender.ownerId !== payment.orderedBy) {
    return { kind: "refuse", reason: "not_owner" };
  }
  const reason = whyNotTaken(sender, payment.money) ?? whyNotGiven(receiver, payment.money);
  return reason === undefined
    ? { kind: "move", from: sender, to: receiver }
    : { kind: "refuse", reason };
}

/** Why money cannot be taken from a wallet; undefined when it can. */
export function whyNotTaken(wallet: Account, money: Money): RefusalReason | undefined {
  return (
    whyUnusable(wallet, money) ??
    (wallet.balance.amountMinor < money.amountMinor ? "insufficient_balance" : undefined)
  );
}

/** Why money cannot be given to a wallet; undefined when it can. */
export function whyNotGiven(wallet: Account, money: Money): RefusalReason | undefined {
  return (
    whyUnusable(wallet, money) ??
    (wallet.balance.amountMinor + money.amountMinor > BALANCE_MINOR_MAX
      ? "limit_exceeded"
      : undefined)
  );
}

function whyUnusable(wallet: Account, money: Money): RefusalReason | undefined {
  if (wallet.frozen) {
    return "frozen_wallet";
  }
  return wallet.balance.currency === money.currency ? undefined : "currency_mismatch";
}
