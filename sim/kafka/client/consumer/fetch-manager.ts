import { NoBrokerAvailable } from "../ground/kafka-error.ts";
import type { Batch } from "./batch.ts";
import { Fetcher } from "./fetcher.ts";
import { WorkerQueue } from "./worker-queue.ts";

/** What a fetch manager does its work with. */
export interface FetchWork {
  /** The brokers that are known. */
  nodeIds(): readonly number[];
  /** Of what that broker leads. */
  fetch(nodeId: number): Promise<readonly Batch[]>;
  handle(batch: Batch): Promise<void>;
  /** How many batches are handled at once. */
  readonly partitionsConcurrent: number;
}

/** The brokers are not those that the fetchers were made for. */
class BrokersChanged extends Error {
  override readonly name = "BrokersChanged";
}

/** One fetcher for each broker, until one fails or all are stopped (kafkajs's fetchManager.js). */
export class FetchManager {
  readonly #work: FetchWork;
  readonly #queue: WorkerQueue;
  #fetchers: readonly Fetcher[] = [];

  constructor(work: FetchWork) {
    this.#work = work;
    this.#queue = new WorkerQueue((batch) => work.handle(batch), work.partitionsConcurrent);
  }

  /** Settles when it was stopped. @throws the first error of a fetcher, once all have ended */
  async start(): Promise<void> {
    for (;;) {
      this.#fetchers = this.#createFetchers();
      try {
        await Promise.all(this.#fetchers.map((fetcher) => fetcher.start()));
        return;
      } catch (error) {
        await this.stop();
        if (!(error instanceof BrokersChanged)) {
          throw error;
        }
      }
    }
  }

  /** Settles when every fetcher has finished what it has in hand: its long poll, its batches. */
  async stop(): Promise<void> {
    await Promise.all(this.#fetchers.map((fetcher) => fetcher.stop()));
  }

  #createFetchers(): readonly Fetcher[] {
    const nodeIds = this.#work.nodeIds();
    if (nodeIds.length === 0) {
      throw new NoBrokerAvailable();
    }
    const inHand = new Map<string, number>();
    const fetch = async (nodeId: number) => {
      const current = this.#work.nodeIds();
      const isSame =
        nodeIds.length === current.length && nodeIds.every((each) => current.includes(each));
      if (!isSame && current.length > 0) {
        throw new BrokersChanged();
      }
      return this.#work.fetch(nodeId);
    };
    return nodeIds.map((nodeId) => new Fetcher({ nodeId, fetch, queue: this.#queue, inHand }));
  }
}
