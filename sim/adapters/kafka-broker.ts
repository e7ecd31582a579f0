import {
  BrokerError,
  type Broker,
  type BrokerRecord,
  type Delivery,
} from "../../system/ports/broker.ts";
import { KAFKA_SETTINGS } from "../../system/ports/kafka-settings.ts";
import { messageOf } from "../../system/ports/message-of.ts";
import type { ClientPlace } from "../kafka/client/broker-connection.ts";
import type { ConsumerMessage } from "../kafka/client/consumer.ts";
import { createKafkaClient } from "../kafka/client/kafka-client.ts";
import { SendFailed } from "../kafka/client/kafka-error.ts";

const { retry, fetchWaitMsMax, heartbeatsPerSession, sessionsPerRebalance } = KAFKA_SETTINGS;

const RETRY = {
  initialRetryMs: retry.initialMs,
  maxRetryMs: retry.delayMsMax,
  retries: retry.countMax,
};

/**
 * The broker port on the simulated Kafka client, as `system/adapters/kafka-broker.ts` is on
 * kafkajs.
 */
export function createSimulatedBroker(place: ClientPlace): Broker {
  const client = createKafkaClient({ ...place, retry: RETRY });
  return {
    async connectProducer() {
      const producer = await client.connectProducer();
      return {
        send: (records) =>
          producer.send(records.map(withoutHeaders)).then(undefined, throwBrokerError),
        disconnect: () => producer.disconnect(),
      };
    },
    startConsumer: ({ group, topics, sessionTimeoutMs, onMessage, onRestart, onEnd }) =>
      client.startConsumer({
        group,
        topics,
        sessionTimeoutMs,
        heartbeatIntervalMs: Math.floor(sessionTimeoutMs / heartbeatsPerSession),
        rebalanceTimeoutMs: sessionTimeoutMs * sessionsPerRebalance,
        maxWaitMs: fetchWaitMsMax,
        fromBeginning: true,
        onMessage: (message, commit) => onMessage(deliveryOf(message, commit)),
        onRestart,
        onEnd: (error) =>
          onEnd(new BrokerError(error.message, { applied: "unknown", cause: error })),
      }),
  };
}

function withoutHeaders({ topic, key, value }: BrokerRecord) {
  return { topic, key, value, headers: noHeaders };
}

const noHeaders: ReadonlyMap<string, string> = new Map();

function deliveryOf(message: ConsumerMessage, commit: () => Promise<void>): Delivery {
  const { topic, partition, offset, key, value } = message;
  return {
    topic,
    partition,
    offset: offset.toString(),
    key,
    value,
    commit: () => commit().then(undefined, throwBrokerError),
  };
}

function throwBrokerError(error: unknown): never {
  const message = messageOf(error);
  const applied = error instanceof SendFailed ? error.applied : "unknown";
  throw new BrokerError(message, { applied, cause: error });
}
