/**
 * How this product asks its Kafka client to behave, in one place, so that the simulated client is
 * asked the same. Milliseconds, but for the counts.
 */
export const KAFKA_SETTINGS = {
  /** How long a connection may take, and how long a request that does not wait may. */
  connectMsMax: 3_000,
  requestMsMax: 10_000,
  /** How long a fetch may wait at the broker for something to come. */
  fetchWaitMsMax: 500,
  /** Partitions of one fetch that are handed over together, see `createHandOver`. */
  partitionsAtOnceMax: 64,
  retry: { initialMs: 100, delayMsMax: 1_000, countMax: 8 },
  /** Heartbeats in one session time-out, and session time-outs in one rebalance time-out. */
  heartbeatsPerSession: 6,
  sessionsPerRebalance: 2,
} as const;

/**
 * What a broker says of a record that it will never take, by Kafka's names of its errors. That a
 * time-stamp is wrong is not among them: the process's clock is, and once it is right, all is sent.
 */
export const KAFKA_REFUSALS: readonly string[] = [
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_TOPIC_EXCEPTION",
  "INVALID_RECORD",
];
