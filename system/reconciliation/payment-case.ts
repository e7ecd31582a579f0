import type { Entry } from "../domain/ledger.ts";
import type { Payment } from "../domain/payment.ts";
import type { RecordedPayment } from "../payment/records.ts";

/** All that both services say about one payment. */
export interface PaymentCase {
  readonly id: string;
  /** As the payment service had it before the wallet's side was read. */
  readonly early: RecordedPayment | undefined;
  /** As the payment service had it after the wallet's side was read. */
  readonly late: RecordedPayment | undefined;
  readonly keys: readonly KeyRecord[];
  /** The event that asked for it, as the payment service's outbox has it. */
  readonly created: EventRecord | undefined;
  /** Whether the wallet's inbox has that event. */
  readonly isTaken: boolean;
  readonly decision: Decision | undefined;
  readonly entries: readonly Entry[];
  /** The event that says what was decided, as the wallet's outbox has it. */
  readonly verdict: EventRecord | undefined;
  /** Whether the payment service's inbox has that event. */
  readonly isApplied: boolean;
}

/** A client's key that names the payment. */
export interface KeyRecord {
  readonly key: string;
  /** What the client asked for, as text. */
  readonly fingerprint: string;
}

/** An event in an outbox. */
export interface EventRecord {
  readonly eventId: string;
  readonly topic: string;
  readonly key: string;
  readonly payload: string;
  readonly appendedAtMs: number;
  /** Null for one that is not marked sent. */
  readonly sentAtMs: number | null;
  /** What it says the payment is; undefined for an event that says no such thing. */
  readonly says: Payment | undefined;
}

/** What the wallet decided. */
export interface Decision {
  readonly outcome: string;
  readonly reason: string | null;
  readonly decidedAtMs: number;
}

/** How long things may take before they count as stuck. */
export interface AgeLimits {
  /** From acceptance to the verdict, of an event from its append to its sending, milliseconds. */
  readonly pendingMs: number;
  /** From being marked sent to being taken in: after that the event counts as lost. */
  readonly lostMs: number;
}
