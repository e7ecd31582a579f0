import kafkajs, {
  Kafka,
  logLevel,
  Partitioners,
  type Consumer,
  type EachBatchPayload,
  type ICustomPartitioner,
  type ISocketFactory,
  type Message,
} from "kafkajs";
import {
  BrokerError,
  type Broker,
  type BrokerRecord,
  type RunningConsumer,
  type Subscription,
} from "../ports/broker.ts";
import { demandAnswered, type Place } from "../ports/demand-answered.ts";
import { createHandOver, type Fetched } from "../ports/hand-over.ts";
import { KAFKA_REFUSALS, KAFKA_SETTINGS } from "../ports/kafka-settings.ts";
import { messageOf } from "../ports/message-of.ts";

const { retry, fetchWaitMsMax, heartbeatsPerSession, sessionsPerRebalance } = KAFKA_SETTINGS;

const RETRY = {
  initialRetryTime: retry.initialMs,
  maxRetryTime: retry.delayMsMax,
  retries: retry.countMax,
};

export interface KafkaAddress {
  readonly clientId: string;
  /** `host:port` of brokers to ask first; clients go on to the addresses these advertise. */
  readonly brokers: readonly string[];
  /** Makes the client's sockets; kafkajs's own when not given. */
  readonly socketFactory?: ISocketFactory;
  /** For tests of what we do not rely on: the services' producers are not. */
  readonly idempotent?: boolean;
}

/**
 * The broker port on `kafkajs`. The producer is not idempotent: after a lost acknowledgement,
 * kafkajs's idempotent producer can lose the next message in silence. Duplicates are the inbox's.
 */
export function createKafkaBroker({
  clientId,
  brokers,
  socketFactory,
  idempotent = false,
}: KafkaAddress): Broker {
  const kafka = new Kafka({
    clientId,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    ...(socketFactory !== undefined && { socketFactory }),
    connectionTimeout: KAFKA_SETTINGS.connectMsMax,
    requestTimeout: KAFKA_SETTINGS.requestMsMax,
    retry: RETRY,
  });
  return {
    async connectProducer() {
      const places = new WeakMap<Message, Place>();
      const producer = kafka.producer({
        createPartitioner: () => rememberPlaces(places),
        allowAutoTopicCreation: false,
        maxInFlightRequests: 1,
        idempotent,
      });
      await orLeave(producer, () => producer.connect());
      return {
        async send(records) {
          const topicMessages = byTopic(records);
          const answer = await asBrokerError("unknown", () =>
            producer.sendBatch({ acks: -1, topicMessages }),
          );
          const messages = topicMessages.flatMap((ofTopic) => ofTopic.messages);
          demandAnswered(
            messages.flatMap((message) => places.get(message) ?? []),
            answer.map(({ topicName: topic, partition }) => ({ topic, partition })),
          );
        },
        disconnect: () => producer.disconnect(),
      };
    },
    startConsumer: (subscription) => startConsumer(kafka, subscription),
  };
}

async function startConsumer(kafka: Kafka, subscription: Subscription): Promise<RunningConsumer> {
  const consumer = kafka.consumer({
    groupId: subscription.group,
    sessionTimeout: subscription.sessionTimeoutMs,
    heartbeatInterval: Math.floor(subscription.sessionTimeoutMs / heartbeatsPerSession),
    rebalanceTimeout: subscription.sessionTimeoutMs * sessionsPerRebalance,
    maxWaitTimeInMs: fetchWaitMsMax,
    // Without this a consumer whose retries ran out would not come back by itself.
    retry: { ...RETRY, restartOnFailure: async () => true },
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    if (restart) {
      subscription.onRestart(error.message);
    } else {
      subscription.onEnd(new BrokerError(error.message, { applied: "unknown", cause: error }));
    }
  });
  const handOver = createHandOver(subscription);
  await orLeave(consumer, async () => {
    await consumer.connect();
    const { topics, fromBeginning } = subscription;
    await consumer.subscribe({ topics: [...topics], fromBeginning });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: KAFKA_SETTINGS.partitionsAtOnceMax,
      eachBatch: (payload) => handOver(fetchedOf(consumer, payload)),
    });
  });
  return { stop: () => consumer.disconnect() };
}

/** A client that did not come to its work gives back what it holds: another one will try. */
async function orLeave(
  client: { disconnect(): Promise<void> },
  start: () => Promise<void>,
): Promise<void> {
  try {
    await asBrokerError("no", start);
  } catch (error) {
    await client.disconnect().catch(() => {});
    throw error;
  }
}

function fetchedOf(consumer: Consumer, payload: EachBatchPayload): Fetched {
  const { topic, partition, messages } = payload.batch;
  return {
    deliveries: messages.map(({ offset, key, value }) => ({
      topic,
      partition,
      offset,
      key: key?.toString("utf8") ?? null,
      value: value?.toString("utf8") ?? null,
    })),
    async commit(lasts) {
      const next = lasts.map((last) => ({
        ...last,
        offset: (BigInt(last.offset) + 1n).toString(),
      }));
      await asBrokerError("unknown", () => consumer.commitOffsets(next));
    },
    resolve: ({ offset }) => payload.resolveOffset(offset),
    heartbeat: () => payload.heartbeat(),
    isRunning: () => payload.isRunning(),
  };
}

/** The default partitioner, noting where each message went. */
function rememberPlaces(places: WeakMap<Message, Place>): ReturnType<ICustomPartitioner> {
  const choose = Partitioners.DefaultPartitioner();
  return (choice) => {
    const partition = choose(choice);
    places.set(choice.message, { topic: choice.topic, partition });
    return partition;
  };
}

function byTopic(records: readonly BrokerRecord[]) {
  const topics = Map.groupBy(records, (record) => record.topic);
  return [...topics].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ key, value }) => ({ key, value })),
  }));
}

async function asBrokerError<T>(applied: "no" | "unknown", ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const message = messageOf(error);
    throw new BrokerError(message, { applied, isRefusal: isRefusal(error), cause: error });
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSProtocolError && KAFKA_REFUSALS.includes(error.type);
}
