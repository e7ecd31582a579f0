import type { RandomStream } from "../../../kernel/random.ts";
import type { SimulatedProcess } from "../../../kernel/simulated-process.ts";
import type { PartitionOffset, TopicPartition } from "../../protocol/protocol.ts";
import { isStaleMetadata, type Cluster } from "../cluster/cluster.ts";
import {
  BrokerNotFound,
  ConnectionClosed,
  MetadataNotLoaded,
  OffsetOutOfRange,
  StaleAssignment,
  throwOnError,
} from "../ground/kafka-error.ts";
import { shuffle } from "../ground/shuffle.ts";
import type { Batch } from "./batch.ts";
import type { GroupMembership } from "./group-membership.ts";

/** How much a fetch asks for, and how long it may wait for it. */
export interface FetchOptions {
  readonly maxWaitMs: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

/**
 * Fetches what a member was given (the half of kafkajs's src/consumer/consumerGroup.js that
 * fetches), and recovers from what can go wrong with it.
 */
export class GroupFetch {
  readonly #process: SimulatedProcess;
  readonly #cluster: Cluster;
  readonly #membership: GroupMembership;
  readonly #options: FetchOptions;
  readonly #stream: RandomStream;

  constructor(parts: {
    readonly process: SimulatedProcess;
    readonly cluster: Cluster;
    readonly membership: GroupMembership;
    readonly options: FetchOptions;
    readonly stream: RandomStream;
  }) {
    this.#process = parts.process;
    this.#cluster = parts.cluster;
    this.#membership = parts.membership;
    this.#options = parts.options;
    this.#stream = parts.stream;
  }

  /** One batch for each partition that the broker leads, empty ones too; none after a recovery. */
  async fetch(nodeId: number): Promise<readonly Batch[]> {
    try {
      return await this.#fetch(nodeId);
    } catch (error) {
      await this.#recover(error);
      return [];
    }
  }

  async #fetch(nodeId: number): Promise<readonly Batch[]> {
    await this.#cluster.refreshMetadataIfNecessary();
    if (this.#membership.isStale()) {
      throw new StaleAssignment("a topic has got more partitions");
    }
    const { offsets } = this.#membership;
    const led = this.#ledBy(nodeId);
    await offsets.load();
    const wanted = led.flatMap(({ topic, partition }): readonly PartitionOffset[] => {
      const offset = offsets.next({ topic, partition });
      return offset === undefined ? [] : [{ topic, partition, offset }];
    });
    if (wanted.length === 0) {
      await this.#process.sleep(this.#options.maxWaitMs);
      return [];
    }
    const broker = await this.#cluster.findBroker(nodeId);
    // Shuffled, so that no partition is always last where the bytes run out.
    const partitions = shuffle(wanted, this.#stream);
    const request = { kind: "fetch", ...this.#options, partitions } as const;
    const reply = await broker.ask("fetch", request, { waitsMs: this.#options.maxWaitMs });
    for (const { topic, partition, error } of reply.partitions) {
      if (error === "OFFSET_OUT_OF_RANGE") {
        throw new OffsetOutOfRange({ topic, partition });
      }
      throwOnError(error, `fetch of ${topic}/${partition}`);
    }
    return reply.partitions;
  }

  #ledBy(nodeId: number): readonly TopicPartition[] {
    return this.#cluster.groupByLeader(this.#membership.assignment).get(nodeId) ?? [];
  }

  async #recover(error: unknown): Promise<void> {
    if (isStaleMetadata(error) || error instanceof MetadataNotLoaded) {
      await this.#cluster.refreshMetadata();
      await this.#membership.join();
    } else if (error instanceof StaleAssignment) {
      await this.#membership.join();
    } else if (error instanceof OffsetOutOfRange) {
      await this.#membership.offsets.reset(error);
    } else if (error instanceof ConnectionClosed) {
      this.#cluster.removeBroker(error.address);
    } else if (error instanceof BrokerNotFound) {
      await this.#cluster.refreshMetadata();
    } else {
      throw error;
    }
  }
}
