import type { KafkaPort } from "../../protocol/kafka-port.ts";
import type { PartitionMetadata, TopicPartition } from "../../protocol/protocol.ts";
import {
  BrokerNotFound,
  ConnectionFailed,
  isRefusal,
  KafkaError,
  MetadataNotLoaded,
  NotRetriable,
  throwOnError,
} from "../ground/kafka-error.ts";
import { Bail, createRetrier, type Retrier, type RetryOptions } from "../ground/retrier.ts";
import { shareCall } from "../ground/share-call.ts";
import type { BrokerNode } from "./broker-node.ts";
import { BrokerPool } from "./broker-pool.ts";
import type { ConnectionLimits, ConnectionPlace } from "./connection.ts";

/** Where a client lives, whom it talks to, and how patient it is. */
export interface ClusterOptions {
  readonly place: ConnectionPlace;
  readonly servers: readonly KafkaPort[];
  readonly limits: ConnectionLimits;
  readonly retry: RetryOptions;
  readonly metadataMaxAgeMs: number;
}

/** A client's view of the cluster (kafkajs's src/cluster): who leads what, and who coordinates. */
export class Cluster {
  readonly #pool: BrokerPool;
  readonly #retrier: Retrier;
  #topics: ReadonlySet<string> = new Set();
  readonly connect: () => Promise<void>;
  /** Asks for the metadata of the topics in use. @throws KafkaError, ClientError */
  readonly refreshMetadata: () => Promise<void>;
  readonly refreshMetadataIfNecessary: () => Promise<void>;

  constructor(options: ClusterOptions) {
    const { place, retry } = options;
    this.#retrier = createRetrier({ ...place, options: retry });
    this.#pool = new BrokerPool({ ...options, seeds: options.servers, retrier: this.#retrier });
    this.connect = shareCall(() => this.#pool.connect());
    this.refreshMetadata = shareCall(() => this.#pool.refresh([...this.#topics]));
    this.refreshMetadataIfNecessary = shareCall(() =>
      this.#pool.refreshIfNecessary([...this.#topics]),
    );
  }

  get isConnected(): boolean {
    return this.#pool.hasConnectedBrokers;
  }

  disconnect(): Promise<void> {
    return this.#pool.disconnect();
  }

  removeBroker(address: string): void {
    this.#pool.remove(address);
  }

  nodeIds(): readonly number[] {
    return this.#pool.nodeIds();
  }

  /** @throws KafkaError when a broker does not know one of them; then none of them is in use */
  async useTopics(topics: readonly string[]): Promise<void> {
    const before = this.#topics;
    this.#topics = new Set([...before, ...topics]);
    if (this.#topics.size === before.size && this.#pool.metadata !== undefined) {
      return;
    }
    try {
      await this.refreshMetadata();
    } catch (error) {
      if (isRefusal(error, "UNKNOWN_TOPIC_OR_PARTITION", "INVALID_TOPIC_EXCEPTION")) {
        this.#topics = before;
      }
      throw error;
    }
  }

  /** Of a topic, none of one that the metadata does not know. @throws MetadataNotLoaded */
  partitionsOf(topic: string): readonly PartitionMetadata[] {
    const { metadata } = this.#pool;
    if (metadata === undefined) {
      throw new MetadataNotLoaded(`no metadata of ${topic}`);
    }
    return metadata.get(topic) ?? [];
  }

  /** By the id of the broker that leads them; those without metadata are left out. */
  groupByLeader<P extends TopicPartition>(partitions: readonly P[]): ReadonlyMap<number, P[]> {
    const byLeader = new Map<number, P[]>();
    for (const each of partitions) {
      const known = this.partitionsOf(each.topic).find(
        ({ partition }) => partition === each.partition,
      );
      if (known !== undefined) {
        const led = byLeader.get(known.leader) ?? [];
        led.push(each);
        byLeader.set(known.leader, led);
      }
    }
    return byLeader;
  }

  /** Connected. @throws BrokerNotFound, ConnectionFailed */
  async findBroker(nodeId: number): Promise<BrokerNode> {
    try {
      return await this.#pool.find(nodeId);
    } catch (error) {
      // What is known of it is probably old.
      if (error instanceof BrokerNotFound || error instanceof ConnectionFailed) {
        await this.refreshMetadata();
      }
      throw error;
    }
  }

  /** One of the brokers, by chance. @throws BrokerNotFound, ConnectionFailed */
  async anyBroker(): Promise<BrokerNode> {
    const found = await this.#pool.withAny((broker) => Promise.resolve(broker));
    if (found === undefined) {
      throw new BrokerNotFound("no broker answers");
    }
    return found;
  }

  /** The broker that coordinates a group. @throws ClientError */
  findCoordinator(group: string): Promise<BrokerNode> {
    return this.#retrier(async () => {
      try {
        return await this.findBroker(await this.#askForCoordinator(group));
      } catch (error) {
        if (error instanceof BrokerNotFound || isRefusal(error, "COORDINATOR_NOT_AVAILABLE")) {
          await this.refreshMetadata();
          throw error;
        }
        const isRefused = error instanceof ConnectionFailed && error.code === "ECONNREFUSED";
        throw isRefused ? error : new Bail(error);
      }
    });
  }

  /** The first offset of each, or the one behind the last. @throws KafkaError, ClientError */
  async listOffsets(
    partitions: readonly TopicPartition[],
    at: "earliest" | "latest",
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]> {
    const requests = [...this.groupByLeader(partitions)].map(async ([leader, led]) => {
      const broker = await this.findBroker(leader);
      const request = { kind: "list-offsets", at, partitions: led } as const;
      const reply = await broker.ask("list-offsets", request);
      for (const { topic, partition, error } of reply.partitions) {
        throwOnError(error, `offsets of ${topic}/${partition}`);
      }
      return reply.partitions;
    });
    return (await Promise.all(requests)).flat();
  }

  async #askForCoordinator(group: string): Promise<number> {
    const found = await this.#pool.withAny((broker) =>
      this.#retrier(async () => {
        try {
          const reply = await broker.ask("find-coordinator", { kind: "find-coordinator", group });
          throwOnError(reply.error, `coordinator of ${group}`);
          return reply.coordinator.nodeId;
        } catch (error) {
          throw isRefusal(error, "COORDINATOR_NOT_AVAILABLE") ? error : new Bail(error);
        }
      }),
    );
    if (found === undefined) {
      throw new NotRetriable("failed to find the group's coordinator");
    }
    return found;
  }
}

/** Whether a request found out that the metadata is old (kafkajs's `staleMetadata`). */
export function isStaleMetadata(error: unknown): boolean {
  return (
    error instanceof KafkaError &&
    (error.code === "UNKNOWN_TOPIC_OR_PARTITION" ||
      error.code === "LEADER_NOT_AVAILABLE" ||
      error.code === "NOT_LEADER_OR_FOLLOWER")
  );
}
