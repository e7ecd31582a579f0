import { BrokerError, type Broker, type BrokerRecord } from "../../system/ports/broker.ts";
import type { Applied } from "../../system/ports/database.ts";
import { demandAnswered } from "../../system/ports/demand-answered.ts";
import { createHandOver, type Fetched } from "../../system/ports/hand-over.ts";
import { KAFKA_REFUSALS, KAFKA_SETTINGS } from "../../system/ports/kafka-settings.ts";
import type { CommitOffsets } from "../kafka/client/consumer/consumer.ts";
import type { DeliveredBatch } from "../kafka/client/consumer/runner.ts";
import { ClientError, KafkaError } from "../kafka/client/ground/kafka-error.ts";
import { createKafkaClient, type ClientPlace } from "../kafka/client/kafka-client.ts";

const { retry, fetchWaitMsMax, partitionsAtOnceMax, heartbeatsPerSession, sessionsPerRebalance } =
  KAFKA_SETTINGS;

const RETRY = {
  initialRetryMs: retry.initialMs,
  maxRetryMs: retry.delayMsMax,
  retries: retry.countMax,
};

/**
 * The broker port on the simulated Kafka client, as `system/adapters/kafka-broker.ts` is on
 * kafkajs.
 */
export function createSimulatedBroker(
  place: ClientPlace,
  { idempotent = false }: { readonly idempotent?: boolean } = {},
): Broker {
  const client = createKafkaClient({
    ...place,
    retry: RETRY,
    connectTimeoutMs: KAFKA_SETTINGS.connectMsMax,
    requestTimeoutMs: KAFKA_SETTINGS.requestMsMax,
  });
  return {
    async connectProducer() {
      const producer = await asBrokerError("no", () =>
        client.connectProducer({ inFlightMax: 1, idempotent }),
      );
      return {
        async send(records) {
          const { wanted, answered } = await asBrokerError("unknown", () =>
            producer.send(records.map(withoutHeaders)),
          );
          demandAnswered(wanted, answered);
        },
        disconnect: () => producer.disconnect(),
      };
    },
    startConsumer({
      group,
      topics,
      sessionTimeoutMs,
      fromBeginning,
      batchMax,
      onBatch,
      onRestart,
      onEnd,
    }) {
      const handOver = createHandOver({ batchMax, onBatch });
      return asBrokerError("no", () =>
        client.startConsumer({
          group,
          topics,
          sessionTimeoutMs,
          heartbeatIntervalMs: Math.floor(sessionTimeoutMs / heartbeatsPerSession),
          rebalanceTimeoutMs: sessionTimeoutMs * sessionsPerRebalance,
          maxWaitMs: fetchWaitMsMax,
          partitionsConcurrent: partitionsAtOnceMax,
          fromBeginning,
          onBatch: (batch, commit) => handOver(fetchedOf(batch, commit)),
          onRestart,
          onEnd: (error) =>
            onEnd(new BrokerError(error.message, { applied: "unknown", cause: error })),
        }),
      );
    },
  };
}

function withoutHeaders({ topic, key, value }: BrokerRecord) {
  return { topic, key, value, headers: noHeaders };
}

const noHeaders: ReadonlyMap<string, string> = new Map();

function fetchedOf(batch: DeliveredBatch, commit: CommitOffsets): Fetched {
  const { topic, partition } = batch;
  return {
    deliveries: batch.records.map(({ offset, key, value }) => ({
      topic,
      partition,
      offset: offset.toString(),
      key,
      value,
    })),
    commit: (lasts) =>
      asBrokerError("unknown", () =>
        commit(lasts.map((last) => ({ ...last, offset: Number(last.offset) }))),
      ),
    resolve: ({ offset }) => batch.resolve(Number(offset)),
    heartbeat: () => batch.heartbeat(),
    isRunning: () => batch.isRunning(),
  };
}

async function asBrokerError<T>(applied: Applied, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    // Anything else is an error of the simulation's own.
    if (!(error instanceof ClientError)) {
      throw error;
    }
    const isRefusal = error instanceof KafkaError && KAFKA_REFUSALS.includes(error.code);
    throw new BrokerError(error.message, { applied, isRefusal, cause: error });
  }
}
