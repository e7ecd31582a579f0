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
   * @throws BrokerError with `applied` unknown when the records may have landed; a refusal when one
   *   of them will never be taken
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
  /** Where a group begins that has committed nothing: with all that was sent, or at the end. */
  readonly fromBeginning: boolean;
  /** Messages that are handed over at once, at most: 1 and up. */
  readonly batchMax: number;
  /**
   * Called for one batch at a time, of any of its partitions, of each in offset order. When it
   * throws, what it has not committed comes again.
   */
  readonly onBatch: (batch: DeliveryBatch) => Promise<void>;
  /** The client's own retries ran out; it begins anew by itself. */
  readonly onRestart: (reason: string) => void;
  /** The consumer cannot go on and does not come back, for this reason. Told at most once. */
  readonly onEnd: (error: BrokerError) => void;
}

/**
 * What a fetch brought, or a part of it: one message or more, partition by partition, of each in
 * offset order.
 */
export interface DeliveryBatch {
  readonly deliveries: readonly Delivery[];
  /**
   * Commits for the group, by one request, that everything up to each of these is done in its
   * partition: none of it comes again.
   *
   * @throws BrokerError
   */
  readonly commit: (lasts: readonly Delivery[]) => Promise<void>;
  /**
   * Tells the broker that the consumer lives, between two steps that take long.
   *
   * @throws Error of the client's own that says what it has to do next: let it out
   */
  readonly heartbeat: () => Promise<void>;
}

export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  /** A whole number as a decimal string: offsets have 64 bits. */
  readonly offset: string;
  readonly key: string | null;
  /** The message's bytes as UTF-8, or null for a tombstone. */
  readonly value: string | null;
}

export interface RunningConsumer {
  /** Finishes the batch in hand and leaves the group. */
  stop(): Promise<void>;
}

/** The last of each partition among messages. */
export function lastOfEach(deliveries: readonly Delivery[]): readonly Delivery[] {
  return [...new Map(deliveries.map((delivery) => [partitionOf(delivery), delivery])).values()];
}

/** `payment.created/0`: a partition by name. */
export function partitionOf({ topic, partition }: Delivery): string {
  return `${topic}/${partition}`;
}

export class BrokerError extends Error {
  override readonly name = "BrokerError";
  readonly applied: Applied;
  /** The broker has looked at a record and will not take it: the same comes again. */
  readonly isRefusal: boolean;

  constructor(
    message: string,
    options: { applied: Applied; isRefusal?: boolean; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.applied = options.applied;
    this.isRefusal = options.isRefusal ?? false;
  }
}
