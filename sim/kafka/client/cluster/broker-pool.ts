import { kafkaProtocol, type KafkaPort } from "../../protocol/kafka-port.ts";
import type { PartitionMetadata, ReplyOf } from "../../protocol/protocol.ts";
import {
  BrokerNotFound,
  ClientError,
  ConnectionFailed,
  isRefusal,
  throwOnError,
} from "../ground/kafka-error.ts";
import { Bail, type Retrier } from "../ground/retrier.ts";
import { shuffle } from "../ground/shuffle.ts";
import { BrokerNode } from "./broker-node.ts";
import type { ConnectionLimits, ConnectionPlace } from "./connection.ts";

/** What the brokers said of themselves and of the topics, the last time that they were asked. */
export type ClusterMetadata = ReadonlyMap<string, readonly PartitionMetadata[]>;

export interface BrokerPoolOptions {
  readonly place: ConnectionPlace;
  /** Brokers to begin with, in turn. */
  readonly seeds: readonly KafkaPort[];
  readonly limits: ConnectionLimits;
  readonly retrier: Retrier;
  /** After so long the metadata is asked for anew. */
  readonly metadataMaxAgeMs: number;
}

/**
 * The brokers that a client knows (kafkajs's src/cluster/brokerPool.js): one of those that it was
 * given, and those that the metadata lists.
 */
export class BrokerPool {
  readonly #options: BrokerPoolOptions;
  #brokers = new Map<number, BrokerNode>();
  #seed: BrokerNode | undefined;
  #seedIndex = 0;
  #metadata: ClusterMetadata | undefined;
  /** Undefined when it is to be asked for anew. */
  #expiresAtMs: number | undefined;

  constructor(options: BrokerPoolOptions) {
    this.#options = options;
  }

  get metadata(): ClusterMetadata | undefined {
    return this.#metadata;
  }

  get hasConnectedBrokers(): boolean {
    return (
      this.#seed?.isConnected === true ||
      [...this.#brokers.values()].some((broker) => broker.isConnected)
    );
  }

  /** In ascending order. */
  nodeIds(): readonly number[] {
    return [...this.#brokers.keys()].toSorted((left, right) => left - right);
  }

  /** Connects to one of the brokers given. @throws RetriesExceeded */
  async connect(): Promise<void> {
    if (this.hasConnectedBrokers) {
      return;
    }
    this.#seed ??= this.#nextSeed();
    await this.#options.retrier(async () => {
      try {
        await this.#seed?.connect();
      } catch (error) {
        if (error instanceof ConnectionFailed) {
          const failed = this.#seed;
          this.#seed = this.#nextSeed();
          await failed?.disconnect();
        }
        throw isRetriable(error) ? error : new Bail(error);
      }
    });
  }

  /** Hangs up on all, once they have answered what they were asked. */
  async disconnect(): Promise<void> {
    await this.#seed?.disconnect();
    await Promise.all([...this.#brokers.values()].map((broker) => broker.disconnect()));
    this.#brokers = new Map();
    this.#metadata = undefined;
  }

  /** Forgets a broker that hung up; the metadata is to be asked for anew. */
  remove(address: string): void {
    const removed = [...this.#brokers.values()].find(({ port }) => port.address === address);
    if (removed?.nodeId === undefined) {
      return;
    }
    this.#brokers.delete(removed.nodeId);
    this.#expiresAtMs = undefined;
    if (this.#seed?.nodeId === removed.nodeId) {
      this.#seed = shuffle([...this.#brokers.values()], this.#options.place.stream)[0];
    }
  }

  /** @throws KafkaError of the first topic or partition that has one; RetriesExceeded */
  async refresh(topics: readonly string[]): Promise<void> {
    const broker = await this.#findConnected();
    await this.#options.retrier(async () => {
      try {
        const reply = await broker.ask("metadata", {
          kind: "metadata",
          topics: shuffle(topics, this.#options.place.stream),
        });
        const metadata = readMetadata(reply);
        this.#metadata = metadata;
        const { place, metadataMaxAgeMs } = this.#options;
        this.#expiresAtMs = place.process.nowMs() + metadataMaxAgeMs;
        await this.#takeBrokers(reply.brokers);
      } catch (error) {
        throw isRefusal(error, "LEADER_NOT_AVAILABLE") ? error : new Bail(error);
      }
    });
  }

  async refreshIfNecessary(topics: readonly string[]): Promise<void> {
    const metadata = this.#metadata;
    if (
      metadata === undefined ||
      this.#expiresAtMs === undefined ||
      this.#options.place.process.nowMs() > this.#expiresAtMs ||
      !topics.every((topic) => metadata.has(topic))
    ) {
      await this.refresh(topics);
    }
  }

  /** Connected. @throws BrokerNotFound, ConnectionFailed */
  async find(nodeId: number): Promise<BrokerNode> {
    const broker = this.#brokers.get(nodeId);
    if (broker === undefined) {
      throw new BrokerNotFound(`broker ${nodeId} is not in the metadata`);
    }
    await this.#connectTo(broker);
    return broker;
  }

  /**
   * What the first broker that answers says; undefined when none does.
   *
   * @throws BrokerNotFound when none is known; ConnectionFailed when one cannot be connected to
   */
  async withAny<T>(ask: (broker: BrokerNode) => Promise<T>): Promise<T | undefined> {
    const nodeIds = shuffle(this.nodeIds(), this.#options.place.stream);
    if (nodeIds.length === 0) {
      throw new BrokerNotFound("no brokers in the pool");
    }
    for (const nodeId of nodeIds) {
      const broker = await this.find(nodeId);
      try {
        return await ask(broker);
      } catch (error) {
        demandClientError(error);
      }
    }
    return undefined;
  }

  async #findConnected(): Promise<BrokerNode> {
    const nodeIds = shuffle(this.nodeIds(), this.#options.place.stream);
    const connected = nodeIds.find((nodeId) => this.#brokers.get(nodeId)?.isConnected === true);
    if (connected !== undefined) {
      return this.find(connected);
    }
    for (const nodeId of nodeIds) {
      try {
        return await this.find(nodeId);
      } catch (error) {
        demandClientError(error);
      }
    }
    // None of them: what is known of them may be old.
    await this.connect();
    if (this.#seed === undefined) {
      throw new BrokerNotFound("no broker to ask for metadata");
    }
    return this.#seed;
  }

  async #connectTo(broker: BrokerNode): Promise<void> {
    if (broker.isConnected) {
      return;
    }
    await this.#options.retrier(async () => {
      try {
        await broker.connect();
      } catch (error) {
        if (error instanceof ConnectionFailed) {
          await broker.disconnect();
          throw new Bail(error);
        }
        throw isRetriable(error) ? error : new Bail(error);
      }
    });
  }

  async #takeBrokers(listed: ReplyOf<"metadata">["brokers"]): Promise<void> {
    const unused: BrokerNode[] = [];
    for (const { nodeId, address } of listed) {
      const known = this.#brokers.get(nodeId);
      if (known?.port.address === address) {
        continue;
      }
      if (known !== undefined) {
        unused.push(known);
      }
      this.#brokers.set(nodeId, this.#brokerAt(nodeId, address));
    }
    for (const [nodeId, broker] of [...this.#brokers]) {
      if (!listed.some((each) => each.nodeId === nodeId)) {
        unused.push(broker);
        this.#brokers.delete(nodeId);
      }
    }
    await Promise.all(unused.map((broker) => broker.disconnect()));
  }

  #brokerAt(nodeId: number, address: string): BrokerNode {
    if (this.#seed?.port.address === address) {
      this.#seed.nodeId = nodeId;
      return this.#seed;
    }
    return this.#create(kafkaProtocol.at(address), nodeId);
  }

  #nextSeed(): BrokerNode {
    const { seeds } = this.#options;
    const port = seeds[this.#seedIndex % seeds.length];
    this.#seedIndex += 1;
    if (port === undefined) {
      throw new Error("a Kafka client needs the address of a broker");
    }
    return this.#create(port);
  }

  #create(port: KafkaPort, nodeId?: number): BrokerNode {
    const { place, limits } = this.#options;
    return new BrokerNode({ place, limits, port, ...(nodeId !== undefined && { nodeId }) });
  }
}

function readMetadata(reply: ReplyOf<"metadata">): ClusterMetadata {
  for (const { topic, error } of reply.topics) {
    throwOnError(error, `metadata of ${topic}`);
  }
  for (const { topic, partitions } of reply.topics) {
    for (const { partition, error } of partitions) {
      throwOnError(error, `metadata of ${topic}/${partition}`);
    }
  }
  return new Map(reply.topics.map(({ topic, partitions }) => [topic, partitions]));
}

function isRetriable(error: unknown): boolean {
  return error instanceof ClientError && error.retriable;
}

/** Where kafkajs swallows an error, ours must not be swallowed with it. */
function demandClientError(error: unknown): void {
  if (!(error instanceof ClientError)) {
    throw error;
  }
}
