import type { SimulatedProcess } from "../../kernel/simulated-process.ts";
import type { Network } from "../../network/network.ts";
import type { KafkaPort } from "../protocol/kafka-port.ts";
import type { PartitionOffset } from "../protocol/protocol.ts";
import { Cluster } from "./cluster/cluster.ts";
import { Consumer, type ConsumerSettings, type HandlerOption } from "./consumer/consumer.ts";
import { throwOnError } from "./ground/kafka-error.ts";
import { DEFAULT_RETRY_OPTIONS, type RetryOptions } from "./ground/retrier.ts";
import { KafkaProducer, type ProducerOptions } from "./producer/kafka-producer.ts";

/** Where a client lives and whom it talks to. */
export interface ClientPlace {
  readonly network: Network;
  readonly process: SimulatedProcess;
  /** Of brokers to ask first, in turn; the client goes on to those that they name. */
  readonly servers: readonly KafkaPort[];
}

/** How a client behaves; in milliseconds. */
export interface ClientOptions extends ClientPlace {
  readonly clientId?: string;
  readonly retry?: Partial<RetryOptions>;
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly metadataMaxAgeMs?: number;
}

/** What must be said of a consumer; the rest has defaults. */
export type ConsumerRequest = Pick<ConsumerSettings, "group" | "topics"> &
  Partial<Omit<ConsumerSettings, "clientId">> &
  HandlerOption;

/** What may be said of a producer. */
export type ProducerRequest = Partial<ProducerOptions> & {
  /** Unanswered requests on one connection; no bound if it is not given. */
  readonly inFlightMax?: number;
};

/**
 * A process's access to Kafka, behaving as kafkajs 2.2.4 where it matters. It dies with its
 * process.
 */
export interface KafkaClient {
  /** @throws KafkaError, TOPIC_ALREADY_EXISTS among others; ClientError */
  createTopics(topics: readonly NewTopic[]): Promise<void>;
  /** Those before the offset, of each partition. @throws KafkaError, ClientError */
  deleteRecords(partitions: readonly PartitionOffset[]): Promise<void>;
  /** @throws ClientError when no broker can be reached */
  connectProducer(request?: ProducerRequest): Promise<KafkaProducer>;
  /** Settles as `Consumer.start`. */
  startConsumer(request: ConsumerRequest): Promise<Consumer>;
}

interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor?: number;
  readonly configs?: ReadonlyMap<string, string>;
}

/**
 * As kafkajs has them by default: one second for a connection, 30 for a reply, metadata asked for
 * anew after five minutes; of consumers, a session time-out of 30 s, a rebalance time-out of 60 s,
 * heartbeats at most every 3 s, a long poll of 5 s, one partition handled at once, and
 * `fromBeginning` false; of producers, acks from all and no numbering of batches.
 */
export function createKafkaClient(options: ClientOptions): KafkaClient {
  const { network, process, servers } = options;
  const clientId = options.clientId ?? process.name;
  const retry = { ...DEFAULT_RETRY_OPTIONS, ...options.retry };
  const createCluster = (purpose: string, inFlightMax?: number) =>
    new Cluster({
      place: { network, process, stream: process.stream("kafka.cluster", purpose) },
      servers,
      limits: {
        connectMs: options.connectTimeoutMs ?? 1_000,
        requestMs: options.requestTimeoutMs ?? 30_000,
        inFlightMax,
      },
      retry,
      metadataMaxAgeMs: options.metadataMaxAgeMs ?? 300_000,
    });
  return {
    async createTopics(topics) {
      const cluster = createCluster("admin");
      await cluster.connect();
      await cluster.useTopics([]);
      const broker = await cluster.anyBroker();
      const reply = await broker.ask("create-topics", {
        kind: "create-topics",
        topics: topics.map((topic) => ({ replicationFactor: -1, configs: new Map(), ...topic })),
      });
      await cluster.disconnect();
      for (const { topic, error } of reply.topics) {
        throwOnError(error, `creating ${topic}`);
      }
    },

    async deleteRecords(partitions) {
      const cluster = createCluster("admin");
      await cluster.connect();
      await cluster.useTopics(partitions.map(({ topic }) => topic));
      for (const [leader, led] of cluster.groupByLeader(partitions)) {
        const broker = await cluster.findBroker(leader);
        const request = { kind: "delete-records", partitions: led } as const;
        const reply = await broker.ask("delete-records", request);
        for (const { topic, partition, error } of reply.partitions) {
          throwOnError(error, `deleting records of ${topic}/${partition}`);
        }
      }
      await cluster.disconnect();
    },

    async connectProducer(request = {}) {
      const { inFlightMax, ...rest } = request;
      const producer = new KafkaProducer({
        process,
        cluster: createCluster("producer", inFlightMax),
        stream: process.stream("kafka.producer"),
        options: { acks: "all", ackTimeoutMs: 30_000, idempotent: false, retry, ...rest },
      });
      await producer.connect();
      return producer;
    },

    async startConsumer(request) {
      const consumer = new Consumer({
        process,
        cluster: createCluster(request.group),
        stream: process.stream("kafka.consumer", request.group),
        options: {
          fromBeginning: false,
          sessionTimeoutMs: 30_000,
          rebalanceTimeoutMs: 60_000,
          heartbeatIntervalMs: 3_000,
          maxWaitMs: 5_000,
          minBytes: 1,
          maxBytes: 10_485_760,
          maxBytesPerPartition: 1_048_576,
          partitionsConcurrent: 1,
          retry,
          onRestart: () => {},
          onEnd: () => {},
          ...request,
          clientId,
        },
      });
      await consumer.start();
      return consumer;
    },
  };
}
