import type { Money } from "../domain/money.ts";

/** What a client asks for, once it has been read. */
export interface TransferRequest {
  readonly idempotencyKey: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  readonly money: Money;
}

/** What the client is told. */
export type Acceptance =
  | { readonly kind: "accepted"; readonly paymentId: string }
  /** The key was used before, for a request that said something else. */
  | { readonly kind: "key-reused" };
