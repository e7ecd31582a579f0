import type { EventType } from "../domain/events.ts";

/** What a process can be asked to do. Any set of roles makes a process. */
export const ROLES = [
  "payment-api",
  "payment-relay",
  "payment-settle",
  "wallet-api",
  "wallet-transfer",
  "wallet-relay",
] as const;

export type Role = (typeof ROLES)[number];

/** Which topics a consuming role reads. Its consumer group is named after the role. */
export const SUBSCRIPTIONS = [
  { role: "wallet-transfer", topics: ["payment.created"] },
  { role: "payment-settle", topics: ["payment.completed", "payment.failed"] },
] as const satisfies readonly { readonly role: Role; readonly topics: readonly EventType[] }[];

export type ServiceName = "payment" | "wallet";

/** The service whose database the role works on. */
export function serviceOf(role: Role): ServiceName {
  return role.startsWith("payment-") ? "payment" : "wallet";
}

/** How a process paces itself. Whole numbers; see each name for its unit. */
export interface Knobs {
  /** Events that the relay publishes at once. */
  readonly relayBatchMax: number;
  /** How long the relay waits when there was nothing, or too little, to publish. */
  readonly relayPollMs: number;
  /** Attempts at one message before it is left for redelivery. */
  readonly consumeAttemptsMax: number;
  readonly consumeRetryDelayMs: number;
  /** How long the broker keeps a silent consumer's partitions. */
  readonly sessionTimeoutMs: number;
}

export const DEFAULT_KNOBS: Knobs = {
  relayBatchMax: 100,
  relayPollMs: 100,
  consumeAttemptsMax: 5,
  consumeRetryDelayMs: 100,
  sessionTimeoutMs: 6_000,
};
