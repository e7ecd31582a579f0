import { BrokerConnection, type ClientPlace } from "./broker-connection.ts";
import { Consumer, type ConsumerOptions } from "./consumer.ts";
import { throwOnError } from "./kafka-error.ts";
import { KafkaProducer } from "./producer.ts";
import { DEFAULT_RETRY_OPTIONS, type RetryOptions } from "./retry-delays.ts";

/** What must be said of a consumer; the rest has defaults. */
export type ConsumerRequest = Pick<ConsumerOptions, "group" | "topics" | "onMessage"> &
  Partial<Omit<ConsumerOptions, "clientId">>;

/**
 * A process's access to Kafka, behaving as kafkajs 2.2.4 where it matters. It dies with its
 * process.
 */
export interface KafkaClient {
  /** @throws KafkaError, TOPIC_ALREADY_EXISTS among others */
  createTopics(topics: readonly { topic: string; partitions: number }[]): Promise<void>;
  /** Connects with the first send: a broker that is down shows there. */
  connectProducer(): Promise<KafkaProducer>;
  /** Settles once the consumer has joined its group; keeps trying while the broker is down. */
  startConsumer(request: ConsumerRequest): Promise<Consumer>;
}

/**
 * Consumers without the options get: session time-out 6,000 ms, heartbeats at most every 1,000 ms,
 * rebalance time-out 10,000 ms, long poll 5,000 ms, one mebibyte per partition, and `fromBeginning`
 * false, as kafkajs has it.
 */
export function createKafkaClient(
  options: ClientPlace & { clientId?: string; retry?: Partial<RetryOptions> },
): KafkaClient {
  const { network, process, servers } = options;
  const place: ClientPlace = { network, process, servers };
  const clientId = options.clientId ?? process.name;
  const retry = { ...DEFAULT_RETRY_OPTIONS, ...options.retry };
  return {
    async createTopics(topics) {
      const connection = new BrokerConnection(place);
      const reply = await connection.ask("create-topics", {
        kind: "create-topics",
        topics: topics.map((topic) => ({ ...topic, replicationFactor: -1, configs: new Map() })),
      });
      connection.close();
      for (const { topic, error } of reply.topics) {
        throwOnError(error, `creating ${topic}`);
      }
    },

    connectProducer() {
      const stream = process.stream("kafka.producer");
      return Promise.resolve(new KafkaProducer({ place, retry, stream }));
    },

    async startConsumer(request) {
      const consumer = new Consumer({
        place,
        stream: process.stream("kafka.consumer", request.group),
        options: {
          fromBeginning: false,
          sessionTimeoutMs: 6_000,
          rebalanceTimeoutMs: 10_000,
          heartbeatIntervalMs: 1_000,
          maxWaitMs: 5_000,
          maxBytesPerPartition: 1_048_576,
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
