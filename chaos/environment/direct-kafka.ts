import { Kafka, logLevel } from "kafkajs";
import type { KafkaServerAddress } from "./environment.ts";

/** A Kafka client of the testbed's own, past the proxies. Its errors are thrown, never logged. */
export function directKafka(
  address: KafkaServerAddress,
  { retries = 10 }: { readonly retries?: number } = {},
): Kafka {
  return new Kafka({
    clientId: "falconpay-testbed",
    brokers: [...address.brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    retry: { retries, initialRetryTime: 50, maxRetryTime: 500 },
  });
}
