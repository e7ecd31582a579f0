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
