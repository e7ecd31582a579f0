/**
 * The relay of the npm package `pg-transactional-outbox`, as a program: it polls the table that the
 * package has made, and hands each message to Kafka. It reads the table `outbox` of
 * `OUTBOX_DATABASE_URL` and runs until SIGTERM.
 *
 * Of its two listeners it is the one that polls: the other needs `wal_level=logical`, which is no
 * default. It takes a hundred messages at once and looks every ten milliseconds, where five and
 * half a second are its defaults; it has as many connections as FalconPay's services.
 */
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { getDisabledLogger, initializePollingMessageListener } from "pg-transactional-outbox";
import { OTHER_OUTBOX } from "./other-outbox.ts";

const kafka = new Kafka({
  clientId: "other-relay",
  brokers: (process.env["KAFKA_BROKERS"] ?? "").split(","),
  logLevel: logLevel.NOTHING,
});
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();

initializePollingMessageListener(
  {
    outboxOrInbox: "outbox",
    dbListenerConfig: { connectionString: process.env["OUTBOX_DATABASE_URL"] ?? "" },
    settings: {
      dbSchema: OTHER_OUTBOX.schema,
      dbTable: OTHER_OUTBOX.table,
      nextMessagesFunctionName: OTHER_OUTBOX.nextMessagesName,
      nextMessagesBatchSize: 100,
      nextMessagesPollingIntervalInMs: 10,
      enableMaxAttemptsProtection: false,
      enablePoisonousMessageProtection: false,
    },
  },
  {
    async handle({ aggregateId, messageType, payload }) {
      const value = JSON.stringify(payload);
      await producer.send({
        topic: messageType,
        acks: -1,
        messages: [{ key: aggregateId, value }],
      });
    },
  },
  getDisabledLogger(),
);
process.stdout.write("ready\n");
process.once("SIGTERM", () => process.exit(0));
