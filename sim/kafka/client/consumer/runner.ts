import { NotSimulated } from "../../../kernel/not-simulated.ts";
import type { SimulatedProcess } from "../../../kernel/simulated-process.ts";
import { SimulationBug } from "../../../kernel/simulation-bug.ts";
import type { PartitionOffset, StoredRecord } from "../../protocol/protocol.ts";
import {
  ClientError,
  HandlerFailed,
  isRebalancing,
  isRefusal,
  NoBrokerAvailable,
} from "../ground/kafka-error.ts";
import { Bail, type Retrier } from "../ground/retrier.ts";
import type { Batch } from "./batch.ts";
import { FetchManager } from "./fetch-manager.ts";
import type { GroupFetch } from "./group-fetch.ts";
import type { GroupMembership } from "./group-membership.ts";

/** Handles what was fetched: record by record, or all of a partition at once. */
export type Handler =
  | { readonly each: "message"; readonly handle: (message: Delivered) => Promise<void> }
  | { readonly each: "batch"; readonly handle: (batch: DeliveredBatch) => Promise<void> };

/** A record, and where it was. */
export interface Delivered extends StoredRecord {
  readonly topic: string;
  readonly partition: number;
}

/** A fetch's records of one partition, for a handler of batches. */
export interface DeliveredBatch extends Batch {
  /** The next fetch begins behind this offset, whatever becomes of the rest. */
  resolve(offset: number): void;
  /** @throws ClientError that says what to do next: let it out of the handler */
  heartbeat(): Promise<void>;
  /** Whether the consumer is to go on. */
  isRunning(): boolean;
}

/**
 * Fetches and hands over, from one join to the end (kafkajs's src/consumer/runner.js without
 * autoCommit). Heartbeats go out between messages and after an empty batch only: a slow handler is
 * a silent member.
 *
 * Retries are counted from the last join on, whatever went well in between.
 */
export class Runner {
  readonly #process: SimulatedProcess;
  readonly #membership: GroupMembership;
  readonly #fetch: GroupFetch;
  readonly #retrier: Retrier;
  readonly #handler: Handler;
  readonly #fetches: FetchManager;
  readonly #onCrash: (error: unknown) => Promise<void>;
  #isRunning = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: {
    readonly process: SimulatedProcess;
    readonly membership: GroupMembership;
    readonly fetch: GroupFetch;
    readonly retrier: Retrier;
    readonly handler: Handler;
    readonly partitionsConcurrent: number;
    readonly nodeIds: () => readonly number[];
    /** It has stopped, for this reason. Never rejects for what a client throws. */
    readonly onCrash: (error: unknown) => Promise<void>;
  }) {
    this.#process = parts.process;
    this.#membership = parts.membership;
    this.#fetch = parts.fetch;
    this.#retrier = parts.retrier;
    this.#handler = parts.handler;
    this.#onCrash = parts.onCrash;
    this.#fetches = new FetchManager({
      nodeIds: parts.nodeIds,
      fetch: (nodeId) => this.#fetchFrom(nodeId),
      handle: (batch) => this.#handleBatch(batch),
      partitionsConcurrent: parts.partitionsConcurrent,
    });
  }

  /** Settles once it has joined, or `onCrash` has dealt with why it could not. */
  async start(connect: () => Promise<void>): Promise<void> {
    try {
      await connect();
      await this.#membership.join();
    } catch (error) {
      await this.#onCrash(error);
      return;
    }
    this.#isRunning = true;
    this.#ended = this.#run();
  }

  /** Settles when what it has in hand is over and the group is left, if the broker hears it. */
  async stop(): Promise<void> {
    if (!this.#isRunning) {
      return;
    }
    this.#isRunning = false;
    await this.#fetches.stop();
    await this.#ended;
    try {
      await this.#membership.leave();
    } catch (error) {
      // The session time-out will do.
      demandClientError(error);
    }
  }

  /**
   * With retries. A consumer that is being stopped commits nothing any more, and says nothing of
   * it.
   */
  async commit(positions: readonly PartitionOffset[]): Promise<void> {
    if (!this.#isRunning) {
      return;
    }
    await this.#retrier(async () => {
      try {
        await this.#membership.offsets.commit(positions);
      } catch (error) {
        demandClientError(error);
        if (this.#isRunning) {
          throw error;
        }
      }
    });
  }

  async #run(): Promise<void> {
    try {
      while (this.#isRunning) {
        await this.#retrier(() => this.#attempt());
      }
    } catch (error) {
      // Not awaited: it waits for this to be over.
      void this.#onCrash(error);
    }
  }

  /** Until it is stopped, or the group has been joined again. */
  async #attempt(): Promise<void> {
    if (!this.#isRunning) {
      return;
    }
    try {
      await this.#fetches.start();
    } catch (error) {
      if (isRebalancing(error)) {
        await this.#membership.join();
        return;
      }
      if (isRefusal(error, "UNKNOWN_MEMBER_ID")) {
        this.#membership.forgetName();
        await this.#membership.join();
        return;
      }
      throw error instanceof NoBrokerAvailable ? new Bail(error) : error;
    }
  }

  async #fetchFrom(nodeId: number): Promise<readonly Batch[]> {
    if (!this.#isRunning) {
      return this.#starve();
    }
    const batches = await this.#fetch.fetch(nodeId);
    if (batches.length === 0) {
      await this.#membership.heartbeat();
    }
    return batches;
  }

  /**
   * Stopped while its fetchers were made anew for other brokers, kafkajs asks in a loop that lets
   * nothing else of its process run, for ever (fetch-manager.test.ts).
   */
  #starve(): Promise<never> {
    this.#process.pause();
    return new Promise<never>(() => {});
  }

  async #handleBatch(batch: Batch): Promise<void> {
    if (!this.#isRunning) {
      return;
    }
    if (batch.records.length > 0 && this.#handler.each === "message") {
      await this.#handleEach(batch, this.#handler.handle);
    } else if (batch.records.length > 0 && this.#handler.each === "batch") {
      await this.#handleWhole(batch, this.#handler.handle);
    }
    await this.#membership.heartbeat();
  }

  async #handleEach(
    { topic, partition, records }: Batch,
    handle: (message: Delivered) => Promise<void>,
  ): Promise<void> {
    for (const record of records) {
      if (!this.#isRunning) {
        break;
      }
      const { offset } = record;
      await asHandler(() => handle({ topic, partition, ...record }));
      this.#membership.offsets.resolve({ topic, partition, offset });
      await this.#membership.heartbeat();
    }
  }

  async #handleWhole(
    batch: Batch,
    handle: (batch: DeliveredBatch) => Promise<void>,
  ): Promise<void> {
    const { topic, partition } = batch;
    const resolve = (offset: number) => {
      this.#membership.offsets.resolve({ topic, partition, offset });
    };
    await asHandler(() =>
      handle({
        ...batch,
        resolve,
        heartbeat: () => this.#membership.heartbeat(),
        isRunning: () => this.#isRunning,
      }),
    );
    const last = batch.records.at(-1);
    if (last !== undefined) {
      resolve(last.offset);
    }
  }
}

/** A client's error that the handler lets out keeps what it says; all else is the handler's. */
async function asHandler(handle: () => Promise<void>): Promise<void> {
  try {
    await handle();
  } catch (error) {
    throw error instanceof ClientError || isOurs(error) ? error : new HandlerFailed(error);
  }
}

function demandClientError(error: unknown): void {
  if (!(error instanceof ClientError)) {
    throw error;
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof NotSimulated || error instanceof SimulationBug;
}
