import { BALANCE_MINOR_MAX } from "./decimal.ts";

/** A payment as the payment service accepted it. */
export interface AcceptedPayment {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  /** Who asked for it, and as what: an owner can send from their own only. */
  readonly orderedBy: string;
  readonly orderedAs: string;
  /** When it was accepted, in the order of all commits. */
  readonly acceptedAt: number;
}

/** Money that is to come in from outside, or to go out. */
export interface AskedExternal {
  readonly kind: string;
  readonly walletId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** What is decided about money that is to move: the reason of a refusal, or null for a move. */
export interface Decision {
  readonly outcome: string;
  readonly reason: string | null;
}

/**
 * A little wallet: the wallet service as it would be if requests came one by one and nothing ever
 * failed. It is told of openings, payments and the rest in commit order, and says what is right to
 * decide about each. It shares no code with the services.
 */
export class LittleWallet {
  readonly #wallets = new Map<string, ModelWallet>();

  /** Opens an empty wallet; `openedAt` is its place in the order of all commits. */
  open(id: string, wallet: { currency: string; openedAt: number; ownerId: string | null }): void {
    this.#wallets.set(id, { ...wallet, balanceMinor: 0n, frozen: false });
  }

  /** What a wallet holds, in minor units; undefined when it is not there. */
  balanceOf(id: string): bigint | undefined {
    return this.#wallets.get(id)?.balanceMinor;
  }

  freeze(id: string, frozen: boolean): void {
    const wallet = this.#wallets.get(id);
    if (wallet !== undefined) {
      wallet.frozen = frozen;
    }
  }

  /** Decides about money from outside or to it, and moves it where that is right. */
  moveExternal({ kind, walletId, amountMinor, currency }: AskedExternal): Decision {
    const wallet = this.#wallets.get(walletId);
    if (wallet === undefined) {
      return { outcome: "refused", reason: "unknown_wallet" };
    }
    const asked = { amountMinor, currency };
    const isWithdrawal = kind === "withdrawal";
    const reason = isWithdrawal ? whyNotFrom(wallet, asked) : whyNotTo(wallet, asked);
    if (reason !== null) {
      return { outcome: "refused", reason };
    }
    wallet.balanceMinor += isWithdrawal ? -amountMinor : amountMinor;
    return { outcome: "moved", reason: null };
  }

  /**
   * Decides about a payment, and moves its money where that is right. A wallet that was opened
   * while its payment was under way may still have been missing when the payment was looked at:
   * where that is what was `decided`, it is right.
   */
  decide(payment: AcceptedPayment, decided: Decision): Decision {
    const [sender, receiver] = [payment.senderWalletId, payment.receiverWalletId].map((id) =>
      this.#wallets.get(id),
    );
    const reason = refusalOf(payment, { sender, receiver }, decided.reason);
    if (reason !== null || sender === undefined || receiver === undefined) {
      return { outcome: "refused", reason };
    }
    sender.balanceMinor -= payment.amountMinor;
    receiver.balanceMinor += payment.amountMinor;
    return { outcome: "completed", reason: null };
  }
}

interface ModelWallet {
  readonly currency: string;
  readonly openedAt: number;
  readonly ownerId: string | null;
  balanceMinor: bigint;
  frozen: boolean;
}

/** The first reason that there is, in the order in which the product promises them. */
function refusalOf(
  payment: AcceptedPayment,
  { sender, receiver }: Readonly<Record<"sender" | "receiver", ModelWallet | undefined>>,
  decidedReason: string | null,
): string | null {
  if (payment.senderWalletId === payment.receiverWalletId) {
    return "same_wallet";
  }
  if (sender === undefined || receiver === undefined) {
    return "unknown_wallet";
  }
  const lastOpenedAt = Math.max(sender.openedAt, receiver.openedAt);
  if (decidedReason === "unknown_wallet" && lastOpenedAt > payment.acceptedAt) {
    return "unknown_wallet";
  }
  if (payment.orderedAs !== "operator" && sender.ownerId !== payment.orderedBy) {
    return "not_owner";
  }
  return whyNotFrom(sender, payment) ?? whyNotTo(receiver, payment);
}

type Amount = Pick<AskedExternal, "amountMinor" | "currency">;

function whyNotFrom(wallet: ModelWallet, { amountMinor, currency }: Amount): string | null {
  if (wallet.frozen) {
    return "frozen_wallet";
  }
  if (wallet.currency !== currency) {
    return "currency_mismatch";
  }
  return amountMinor > wallet.balanceMinor ? "insufficient_balance" : null;
}

function whyNotTo(wallet: ModelWallet, { amountMinor, currency }: Amount): string | null {
  if (wallet.frozen) {
    return "frozen_wallet";
  }
  if (wallet.currency !== currency) {
    return "currency_mismatch";
  }
  return wallet.balanceMinor + amountMinor > BALANCE_MINOR_MAX ? "limit_exceeded" : null;
}
