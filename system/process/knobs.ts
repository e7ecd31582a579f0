/** How a process paces itself. Whole numbers; see each name for its unit. */
export interface Knobs {
  /** Events that the relay publishes at once. */
  readonly relayBatchMax: number;
  /** How long the relay waits when there was too little to publish and nobody wakes it. */
  readonly relayPollMs: number;
  /** How long the relay waits once it is woken, for more to go along. */
  readonly relayLingerMs: number;
  /** How long a relay that is not heard of keeps the outbox, by the database's clock. */
  readonly relayLeaseMs: number;
  /** So often the broker may refuse an event for good before it becomes a dead letter. */
  readonly relayAttemptsMax: number;
  /** What was sent so long ago is deleted from the outbox. */
  readonly outboxKeptSeconds: number;
  /** Requests for payments that are accepted by one transaction. */
  readonly acceptBatchMax: number;
  /** Messages of a partition that are taken in by one transaction. */
  readonly consumeBatchMax: number;
  /** Attempts at one message before it is left for redelivery. */
  readonly consumeAttemptsMax: number;
  readonly consumeRetryDelayMs: number;
  /** How long the broker keeps a silent consumer's partitions. */
  readonly sessionTimeoutMs: number;
}

/**
 * What each of them may be, both ends included. The relay's largest batch stays below a megabyte,
 * also when all of it goes to one partition: Kafka's default `message.max.bytes`. Session time-outs
 * are what Kafka takes by default: `group.min.session.timeout.ms` and
 * `group.max.session.timeout.ms`.
 */
export const KNOB_BOUNDS: Readonly<
  Record<keyof Knobs, { readonly min: number; readonly max: number }>
> = {
  relayBatchMax: { min: 1, max: 1_000 },
  relayPollMs: { min: 1, max: 60_000 },
  relayLingerMs: { min: 0, max: 1_000 },
  relayLeaseMs: { min: 100, max: 60_000 },
  relayAttemptsMax: { min: 1, max: 1_000 },
  outboxKeptSeconds: { min: 1, max: 315_360_000 },
  acceptBatchMax: { min: 1, max: 1_000 },
  consumeBatchMax: { min: 1, max: 1_000 },
  consumeAttemptsMax: { min: 1, max: 1_000 },
  consumeRetryDelayMs: { min: 1, max: 60_000 },
  sessionTimeoutMs: { min: 6_000, max: 1_800_000 },
};

export const DEFAULT_KNOBS: Knobs = {
  relayBatchMax: 1_000,
  relayPollMs: 5_000,
  // A message alone is later by this, twice a payment; under load, what comes behind carries more.
  relayLingerMs: 10,
  relayLeaseMs: 3_000,
  relayAttemptsMax: 5,
  // A month: for longer than reconciliation looks back, and repairs by what is in the outbox.
  outboxKeptSeconds: 2_592_000,
  acceptBatchMax: 200,
  consumeBatchMax: 200,
  consumeAttemptsMax: 5,
  consumeRetryDelayMs: 100,
  sessionTimeoutMs: 6_000,
};

/**
 * What is wrong with knobs whose every value is right by itself, or undefined. Heartbeats go out
 * between messages only: a message that is tried again for longer than a session costs its consumer
 * the partition.
 */
export function complaintAboutKnobs(knobs: Knobs): string | undefined {
  const { consumeAttemptsMax, consumeRetryDelayMs, sessionTimeoutMs } = knobs;
  const retryingMs = (consumeAttemptsMax - 1) * consumeRetryDelayMs;
  return retryingMs >= sessionTimeoutMs
    ? `a message may be tried again for ${retryingMs} ms, and a session lasts ${sessionTimeoutMs} ms`
    : undefined;
}
