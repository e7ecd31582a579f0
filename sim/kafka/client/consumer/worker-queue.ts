import type { Batch } from "./batch.ts";

interface Item {
  readonly batch: Batch;
  readonly settle: (outcome: PromiseSettledResult<void>) => void;
}

/**
 * Handles batches, so many at once (kafkajs's src/consumer/workerQueue.js and worker.js). Where one
 * fails the others are handled all the same, and then the first failure is thrown.
 */
export class WorkerQueue {
  readonly #handle: (batch: Batch) => Promise<void>;
  readonly #workersMax: number;
  readonly #items: Item[] = [];
  #workerCount = 0;

  constructor(handle: (batch: Batch) => Promise<void>, workersMax: number) {
    this.#handle = handle;
    this.#workersMax = workersMax;
  }

  /** Settles when all of these are handled. @throws the first failure, in the order given */
  async push(batches: readonly Batch[]): Promise<void> {
    const outcomes = batches.map(
      (batch) =>
        new Promise<PromiseSettledResult<void>>((settle) => {
          this.#items.push({ batch, settle });
        }),
    );
    // Each takes its first batch at once.
    while (this.#workerCount < this.#workersMax && this.#items.length > 0) {
      void this.#work();
    }
    for (const outcome of await Promise.all(outcomes)) {
      if (outcome.status === "rejected") {
        throw outcome.reason;
      }
    }
  }

  async #work(): Promise<void> {
    this.#workerCount += 1;
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
      const { batch, settle } = item;
      const [outcome] = await Promise.allSettled([this.#handle(batch)]);
      settle(outcome);
    }
    this.#workerCount -= 1;
  }
}
