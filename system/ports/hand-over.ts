import {
  BrokerError,
  lastOfEach,
  partitionOf,
  type Delivery,
  type Subscription,
} from "./broker.ts";

/** What one fetch brought of one partition, and what a Kafka client can be told about it. */
export interface Fetched {
  readonly deliveries: readonly Delivery[];
  /**
   * Commits for the group, by one request, that everything up to each of these is done, also in
   * other partitions.
   *
   * @throws BrokerError
   */
  commit(lasts: readonly Delivery[]): Promise<void>;
  /** The next fetch begins behind this one, whatever becomes of the rest. */
  resolve(last: Delivery): void;
  /** @throws Error of the client's own that says what it has to do next: let it out */
  heartbeat(): Promise<void>;
  /** Whether the consumer is to go on. */
  isRunning(): boolean;
}

/**
 * Hands over what was fetched, a batch after the other, as both clients of Kafka do it. Clients
 * hand in each partition of a fetch by itself, all of them within one turn: they are put together
 * again, so that a fetch can be taken in by one transaction and one commit of offsets. What is
 * handed in meanwhile, as by another broker, is the next.
 *
 * A consumer that is told to stop finishes the batch in hand. Where a batch fails, other partitions
 * than those in it go on.
 *
 * @returns takes what was fetched of a partition, and settles when its fetch is done; throws what
 *   `onBatch` throws first; for a BrokerError what the client itself failed with, by which it knows
 *   what it has to do next, as that it is no member any more
 */
export function createHandOver(
  subscription: Pick<Subscription, "batchMax" | "onBatch">,
): (fetched: Fetched) => Promise<void> {
  const waiting: { readonly fetched: Fetched; readonly done: PromiseWithResolvers<void> }[] = [];
  let isBusy = false;

  const handOverWaiting = async (): Promise<void> => {
    isBusy = true;
    // The other partitions of the fetch are handed in before this goes on.
    await Promise.resolve();
    while (waiting.length > 0) {
      const together = waiting.splice(0);
      const handed = handOver(
        together.map(({ fetched }) => fetched),
        subscription,
      );
      const [outcome] = await Promise.allSettled([handed]);
      for (const { done } of together) {
        if (outcome.status === "fulfilled") {
          done.resolve();
        } else {
          done.reject(outcome.reason);
        }
      }
    }
    isBusy = false;
  };

  return (fetched) => {
    const done = Promise.withResolvers<void>();
    waiting.push({ fetched, done });
    if (!isBusy) {
      void handOverWaiting();
    }
    return done.promise;
  };
}

async function handOver(
  fetched: readonly Fetched[],
  { batchMax, onBatch }: Pick<Subscription, "batchMax" | "onBatch">,
): Promise<void> {
  const [client] = fetched;
  const owners = new Map(
    fetched.flatMap((each) => each.deliveries.slice(0, 1).map((one) => [partitionOf(one), each])),
  );
  const resolve = (lasts: readonly Delivery[]): void =>
    lasts.forEach((last) => owners.get(partitionOf(last))?.resolve(last));
  const failures: unknown[] = [];
  let left = fetched.flatMap(({ deliveries }) => deliveries);
  while (client !== undefined && left.length > 0 && client.isRunning()) {
    const deliveries = left.slice(0, batchMax);
    left = left.slice(batchMax);
    try {
      await onBatch({
        deliveries,
        async commit(lasts) {
          await client.commit(lasts);
          resolve(lasts);
        },
        heartbeat: () => client.heartbeat(),
      });
      resolve(lastOfEach(deliveries));
    } catch (error) {
      failures.push(error);
      const failed = new Set(deliveries.map(partitionOf));
      left = left.filter((delivery) => !failed.has(partitionOf(delivery)));
    }
    await client.heartbeat();
  }
  for (const failure of failures) {
    throw failure instanceof BrokerError ? firstCause(failure) : failure;
  }
}

/** kafkajs wraps what is not to be tried again in an error that says no more than that. */
function firstCause(error: Error): Error {
  return error.cause instanceof Error ? firstCause(error.cause) : error;
}
