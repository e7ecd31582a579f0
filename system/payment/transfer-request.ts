import type { Money } from "../domain/money.ts";
import type { TraceContext } from "../domain/trace-context.ts";

/** What a client asks for, once it has been read. */
export interface TransferRequest {
  /** Who asks; the key is one of theirs. */
  readonly principalId: string;
  readonly idempotencyKey: string;
  readonly senderWalletId: string;
  readonly receiverWalletId: string;
  readonly money: Money;
  /** The step of the trace that the request is. */
  readonly trace: TraceContext;
}

/** What the client is told. */
export type Acceptance =
  | { readonly kind: "accepted"; readonly paymentId: string }
  /** The key was used before, for a request that said something else. */
  | { readonly kind: "key-reused" }
  /** A request with the key is still being served, for longer than one waits for another. */
  | { readonly kind: "in-progress" };

/** A client's request to give a payment back, in whole or in part. */
export interface ReversalRequest {
  readonly principalId: string;
  readonly idempotencyKey: string;
  readonly originalId: string;
  /** Null for all that has not been given back yet. */
  readonly amount: string | null;
  readonly trace: TraceContext;
}

export type ReversalOutcome =
  | Acceptance
  | { readonly kind: "unknown-payment" }
  /** It cannot be reversed now, for this reason. */
  | { readonly kind: "refused"; readonly code: string; readonly detail: string }
  | { readonly kind: "malformed-amount"; readonly detail: string };
