import type { RandomStream } from "../../../kernel/random.ts";
import type { SimulatedProcess } from "../../../kernel/simulated-process.ts";
import type { PartitionOffset, TopicPartition } from "../../protocol/protocol.ts";
import type { Cluster } from "../cluster/cluster.ts";
import {
  ClientError,
  ConnectionClosed,
  NotRetriable,
  RetriesExceeded,
} from "../ground/kafka-error.ts";
import { createRetrier, type RetryOptions } from "../ground/retrier.ts";
import { shareCall } from "../ground/share-call.ts";
import { GroupFetch, type FetchOptions } from "./group-fetch.ts";
import { GroupMembership, type MembershipOptions } from "./group-membership.ts";
import { Runner, type DeliveredBatch, type Handler } from "./runner.ts";

/** One delivery of one record. */
export interface ConsumerMessage extends TopicPartition {
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * Handles one delivery; `commit` records that everything up to it is done. A throw means: deliver
 * again.
 */
export type MessageHandler = (
  message: ConsumerMessage,
  commit: () => Promise<void>,
) => Promise<void>;

/** Records, by one request, that everything up to each of these is done in its partition. */
export type CommitOffsets = (positions: readonly PartitionOffset[]) => Promise<void>;

/** Handles all that a fetch brought of one partition. */
export type BatchHandler = (batch: DeliveredBatch, commit: CommitOffsets) => Promise<void>;

/** What is called with what was fetched. */
export type HandlerOption =
  | { readonly onMessage: MessageHandler }
  | { readonly onBatch: BatchHandler };

export interface ConsumerSettings extends MembershipOptions, FetchOptions {
  readonly retry: RetryOptions;
  /** How many partitions are handled at once. */
  readonly partitionsConcurrent: number;
  /** The retries ran out: it leaves the group and begins anew. */
  readonly onRestart: (reason: string) => void;
  /** It met what kafkajs calls not retriable: it has left the group and does not come back. */
  readonly onEnd: (error: Error) => void;
}

export type ConsumerOptions = ConsumerSettings & HandlerOption;

/**
 * A consumer of kafkajs 2.2.4 without autoCommit (src/consumer/index.js). After what is not
 * retriable it is gone, and only `onEnd` tells; after its last retry it leaves the group and begins
 * anew, under a new name, for ever.
 */
export class Consumer {
  readonly #process: SimulatedProcess;
  readonly #cluster: Cluster;
  readonly #options: ConsumerOptions;
  readonly #stream: RandomStream;
  #runner: Runner | undefined;
  #restart: { cancel(): void } | undefined;
  readonly #stopRunner: () => Promise<void>;

  constructor(parts: {
    readonly process: SimulatedProcess;
    readonly cluster: Cluster;
    readonly options: ConsumerOptions;
    readonly stream: RandomStream;
  }) {
    this.#process = parts.process;
    this.#cluster = parts.cluster;
    this.#options = parts.options;
    this.#stream = parts.stream;
    this.#stopRunner = shareCall(async () => {
      if (this.#runner !== undefined) {
        await this.#runner.stop();
        this.#runner = undefined;
      }
      this.#restart?.cancel();
    });
  }

  /**
   * Settles once it has joined its group for the first time, or has found out that it cannot now:
   * then it has ended, or will begin anew.
   *
   * @throws ClientError when no broker can be reached, or knows the topics
   */
  async start(): Promise<void> {
    await this.#cluster.connect();
    await this.#cluster.useTopics(this.#options.topics);
    await this.#begin();
  }

  /** Settles when the message in hand, or the long poll, is over, and the group is left. */
  async stop(): Promise<void> {
    await this.#stopRunner();
    await this.#cluster.disconnect();
  }

  async #begin(): Promise<void> {
    const { retry, partitionsConcurrent } = this.#options;
    const process = this.#process;
    const cluster = this.#cluster;
    const stream = this.#stream;
    const options = this.#options;
    const retrier = createRetrier({ process, stream, options: retry });
    const membership = new GroupMembership({ process, cluster, retrier, options });
    const { maxWaitMs, minBytes, maxBytes, maxBytesPerPartition } = options;
    const fetch = new GroupFetch({
      process,
      cluster,
      membership,
      options: { maxWaitMs, minBytes, maxBytes, maxBytesPerPartition },
      stream,
    });
    const runner = new Runner({
      process,
      membership,
      fetch,
      retrier,
      partitionsConcurrent,
      handler: this.#handler(),
      nodeIds: () => cluster.nodeIds(),
      onCrash: (error) => this.#crash(error),
    });
    this.#runner = runner;
    await runner.start(async () => {
      await cluster.connect();
      await cluster.refreshMetadataIfNecessary();
    });
  }

  #handler(): Handler {
    const options = this.#options;
    if ("onBatch" in options) {
      return {
        each: "batch",
        handle: (batch) => options.onBatch(batch, (positions) => this.#commit(positions)),
      };
    }
    return {
      each: "message",
      handle: ({ topic, partition, offset, key, value, headers }) => {
        const message = { topic, partition, offset: BigInt(offset), key, value, headers };
        return options.onMessage(message, () => this.#commit([{ topic, partition, offset }]));
      },
    };
  }

  /** Everything up to those records is done. */
  async #commit(positions: readonly PartitionOffset[]): Promise<void> {
    if (this.#runner === undefined) {
      throw new NotRetriable("the consumer has stopped");
    }
    const next = positions.map(({ topic, partition, offset }) => {
      return { topic, partition, offset: offset + 1 };
    });
    await this.#runner.commit(next);
  }

  async #crash(error: unknown): Promise<void> {
    if (!(error instanceof ClientError)) {
      throw error;
    }
    if (error instanceof ConnectionClosed) {
      this.#cluster.removeBroker(error.address);
    }
    await this.stop();
    if (!(error instanceof RetriesExceeded) && !isRetriable(originOf(error))) {
      this.#options.onEnd(error);
      return;
    }
    this.#options.onRestart(error.message);
    const delayMs =
      error instanceof RetriesExceeded ? error.delayMs : this.#options.retry.initialRetryMs;
    this.#restart = this.#process.after(delayMs, () => {
      void this.#begin();
    });
  }
}

/** The first cause of all. */
function originOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? originOf(error.cause) : error;
}

function isRetriable(error: unknown): boolean {
  return error instanceof ClientError && error.retriable;
}
