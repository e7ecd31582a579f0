import type { Batch } from "./batch.ts";
import type { WorkerQueue } from "./worker-queue.ts";

/** Fetches from one broker, waits until all of it is handled, and fetches again (fetcher.js). */
export class Fetcher {
  readonly #nodeId: number;
  readonly #fetch: (nodeId: number) => Promise<readonly Batch[]>;
  readonly #queue: WorkerQueue;
  /** Which fetcher has each partition in hand, of all fetchers of the consumer. */
  readonly #inHand: Map<string, number>;
  #isRunning = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly nodeId: number;
    readonly fetch: (nodeId: number) => Promise<readonly Batch[]>;
    readonly queue: WorkerQueue;
    readonly inHand: Map<string, number>;
  }) {
    this.#nodeId = parts.nodeId;
    this.#fetch = parts.fetch;
    this.#queue = parts.queue;
    this.#inHand = parts.inHand;
  }

  /** Settles when it was stopped. @throws the first error */
  start(): Promise<void> {
    this.#isRunning = true;
    const run = this.#run();
    this.#ended = run.catch(() => {});
    return run;
  }

  /** Settles when what it has in hand is over, however it ended. */
  async stop(): Promise<void> {
    if (this.#isRunning) {
      this.#isRunning = false;
      await this.#ended;
    }
  }

  async #run(): Promise<void> {
    try {
      while (this.#isRunning) {
        const batches = await this.#fetch(this.#nodeId);
        if (this.#isRunning) {
          await this.#handle(batches);
        }
      }
    } finally {
      this.#isRunning = false;
    }
  }

  /** A partition whose batch another fetcher still has in hand is left for the next fetch. */
  async #handle(batches: readonly Batch[]): Promise<void> {
    const taken = batches.filter((batch) => {
      const holder = this.#inHand.get(nameOf(batch));
      return holder === undefined || holder === this.#nodeId;
    });
    if (taken.length === 0) {
      return;
    }
    for (const batch of taken) {
      this.#inHand.set(nameOf(batch), this.#nodeId);
    }
    try {
      await this.#queue.push(taken);
    } finally {
      for (const batch of taken) {
        this.#inHand.delete(nameOf(batch));
      }
    }
  }
}

function nameOf({ topic, partition }: Batch): string {
  return `${topic}/${partition}`;
}
