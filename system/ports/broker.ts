import type { Applied } from "./database.ts";

/** A log of topics with partitions, keys, consumer groups and committed offsets, as Kafka's. */
export interface Broker {
  /** @throws BrokerError when the broker cannot be reached */
  connectProducer(): Promise<Producer>;
  /**
   * A broker that refuses the subscription is told by `onEnd`.
   *
   * @throws BrokerError when the broker cannot be reached
   */
  startConsumer(subscription: Subscription): Promise<RunningConsumer>;
}

export interface Producer {
  /**
   * Sends the records in the order given and resolves when all in-sync replicas have them.
   * Records of one key keep their order.
   *
   * @throws BrokerError with `applied` unknown when the records may have landed
   */
  send(records: readonly BrokerRecord[]): Promise<void>;
  disconnect(): Promise<void>;
}

export interface BrokerRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
}

export interface Subscription {
  readonly group: string;
  readonly topics: readonly string[];
  /** How long a silent member keeps its partitions. */
  readonly sessionTimeoutMs: number;
  /**
   * Called for one message at a time per partition, in offset order. When it throws, nothing is
   * committed and the message comes again.
   */
  readonly onMessage: (delivery: Delivery) => Promise<void>;
  /** The client's own retries ran out; it begins anew by itself. */
  readonly onRestart: (reason: string) => void;
  /** The consumer cannot go on and does not come back, for this reason. Told at most once. */
  readonly onEnd: (error: BrokerError) => void;
}

export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  /** A whole number as a decimal string: offsets have 64 bits. */
  readonly offset: string;
  readonly key: string | null;
  /** The message's bytes as UTF-8, or null for a tombstone. */
  readonly value: string | null;
  /** Commits this message's offset for the group: it will not come again. */
  commit(): Promise<void>;
}

export interface RunningConsumer {
  /** Finishes the message in hand and leaves the group. */
  stop(): Promise<void>;
}

export class BrokerError extends Error {
  override readonly name = "BrokerError";
  readonly applied: Applied;

  constructor(message: string, options: { applied: Applied; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.applied = options.applied;
  }
}
