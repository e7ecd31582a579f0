import { BrokerError, type Delivery, type DeliveryBatch, type Subscription } from "./broker.ts";

/** What one fetch brought of one partition, and what a Kafka client can be told about it. */
export interface Fetched {
  readonly deliveries: readonly Delivery[];
  /** Commits for the group that everything up to this one is done. @throws BrokerError */
  commit(last: Delivery): Promise<void>;
  /** The next fetch begins behind this one, whatever becomes of the rest. */
  resolve(last: Delivery): void;
  /** @throws Error of the client's own that says what it has to do next: let it out */
  heartbeat(): Promise<void>;
  /** Whether the consumer is to go on. */
  isRunning(): boolean;
}

/**
 * Hands over what was fetched, a batch after the other, as both clients of Kafka do it. A consumer
 * that is told to stop finishes the batch in hand.
 *
 * @throws Error that `onBatch` throws; for a BrokerError what the client itself failed with, by
 *   which it knows what it has to do next, as that it is no member any more
 */
export async function handOver(
  fetched: Fetched,
  { batchMax, onBatch }: Pick<Subscription, "batchMax" | "onBatch">,
): Promise<void> {
  const left = [...fetched.deliveries];
  while (left.length > 0 && fetched.isRunning()) {
    const deliveries = left.splice(0, batchMax);
    await asOwnError(onBatch, {
      deliveries,
      async commit(last) {
        await fetched.commit(last);
        fetched.resolve(last);
      },
      heartbeat: () => fetched.heartbeat(),
    });
    deliveries.slice(-1).forEach((last) => fetched.resolve(last));
    await fetched.heartbeat();
  }
}

async function asOwnError(onBatch: Subscription["onBatch"], batch: DeliveryBatch): Promise<void> {
  try {
    await onBatch(batch);
  } catch (error) {
    throw error instanceof BrokerError ? firstCause(error) : error;
  }
}

/** kafkajs wraps what is not to be tried again in an error that says no more than that. */
function firstCause(error: Error): Error {
  return error.cause instanceof Error ? firstCause(error.cause) : error;
}
