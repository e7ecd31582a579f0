import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { brokerContract } from "../scenarios/contracts/broker-contract.ts";
import { databaseContract } from "../scenarios/contracts/database-contract.ts";
import { migrationContract } from "../scenarios/contracts/migration-contract.ts";
import type { DayStage } from "../scenarios/contracts/ordinary-day.ts";
import { reconciliationContract } from "../scenarios/contracts/reconciliation-contract.ts";
import { setAsideContract } from "../scenarios/contracts/set-aside-contract.ts";
import {
  STAGE_CLIENTS,
  type BrokerStage,
  type DatabaseStage,
  type StageClient,
} from "../scenarios/contracts/stage.ts";
import { createKafkaBroker } from "../system/adapters/kafka-broker.ts";
import { readMigrations } from "../system/adapters/migration-files.ts";
import { nodeClock, nodeEntropy } from "../system/adapters/node-host.ts";
import { createPostgresDatabase } from "../system/adapters/postgres-database.ts";
import { migrate } from "../system/database/migrate.ts";
import type { Broker } from "../system/ports/broker.ts";
import { createTopics } from "./environment/create-topics.ts";
import { directKafka } from "./environment/direct-kafka.ts";
import type { ClientAddresses, Environment } from "./environment/environment.ts";
import { recreateOwnedDatabase, withClient } from "./environment/owned-database.ts";
import { startKeeper, type Keeper } from "./keeper/keeper.ts";
import { startLocalEnvironment } from "./local/local.ts";
import { proxyName } from "./toxiproxy/proxies.ts";

const DATABASE = "contract";
/** The databases of a day, by the service that has it. */
const DAY = {
  payment: "payment",
  wallet: "wallet",
  reconciliation: "reconciliation",
} as const;
const DATABASES = [DATABASE, ...Object.values(DAY)];

let keeper: Keeper;
let environment: Environment;
beforeAll(async () => {
  keeper = await startKeeper();
  const clients = STAGE_CLIENTS.map((name) => ({ name, databases: [DATABASE] }));
  environment = await startLocalEnvironment({ keeper, databases: DATABASES, clients });
});
afterAll(async () => {
  await environment?.stop();
  await keeper?.end();
});

/** What a claim opened: closed after it, whatever came of it. */
const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await environment.proxies.healAll();
  await Promise.all(opened.splice(0).map((close) => close()));
});

describe("PostgreSQL", () => {
  it.each(databaseContract)("$claim", async ({ check }) => {
    expect(await check(await openDatabaseStage())).toBeUndefined();
  });
});

describe("migrations, on PostgreSQL", () => {
  it.each(migrationContract)("$claim", async ({ check }) => {
    expect(await check(await openDatabaseStage())).toBeUndefined();
  });
});

describe("Apache Kafka", () => {
  it.each(brokerContract)("$claim", async ({ check }) => {
    expect(await check(openBrokerStage())).toBeUndefined();
  });
});

describe("reconciliation", () => {
  it.each(reconciliationContract)("$claim", async ({ check }) => {
    expect(await check(await openDayStage())).toBeUndefined();
  });
});

describe("messages that were set aside", () => {
  it.each(setAsideContract)("$claim", async ({ check }) => {
    expect(await check(await openDayStage())).toBeUndefined();
  });
});

/** The databases of a day, made anew, past every proxy. */
async function openDayStage(): Promise<DayStage> {
  const open = async (service: keyof typeof DAY) => {
    const address = environment.administration.database(DAY[service]);
    // Cheaper than another database: there are many days.
    await withClient(address, (client) =>
      client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public"),
    );
    const database = createPostgresDatabase(address);
    opened.push(() => database.close());
    await migrate({ database, clock: nodeClock }, readMigrations(service));
    return database;
  };
  return {
    payment: await open("payment"),
    wallet: await open("wallet"),
    reconciliation: await open("reconciliation"),
    clock: nodeClock,
    entropy: nodeEntropy,
  };
}

const clock = {
  nowMs: () => Date.now(),
  sleep: (delayMs: number) => delay(delayMs),
};

async function openDatabaseStage(): Promise<DatabaseStage> {
  const administration = environment.administration.database("postgres");
  await withClient(administration, (client) => recreateOwnedDatabase(client, DATABASE));
  const databases = forEachClient((client) => {
    const address = addressesOf(client).databases.get(DATABASE);
    return createPostgresDatabase({ ...address, application_name: client });
  });
  opened.push(...Object.values(databases).map((database) => () => database.close()));
  return {
    clock,
    database: (client) => databases[client],
    async loseConnections(client) {
      await withClient(administration, (administrator) =>
        administrator.query(
          `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
           WHERE datname = $1 AND application_name = $2`,
          [DATABASE, client],
        ),
      );
    },
  };
}

let stages = 0;

function openBrokerStage(): BrokerStage {
  stages += 1;
  const name = `contract-${stages}`;
  const dead = new Set<StageClient>();
  const brokers = forEachClient((client) => openBroker(client, () => dead.has(client)));
  return {
    clock,
    group: name,
    async createTopic(partitions) {
      const admin = directKafka(environment.administration.kafka).admin();
      await admin.connect();
      await createTopics(admin, [{ topic: name, partitions }], Date.now() + 30_000);
      await admin.disconnect();
      return name;
    },
    broker: (client) => brokers[client],
    async die(client) {
      dead.add(client);
      await environment.proxies.cut(proxyName({ client, resource: "kafka" }));
    },
  };
}

/**
 * A dead client runs on in this process, cut off from its broker: what it holds already is not
 * handled any more.
 */
function openBroker(client: StageClient, isDead: () => boolean): Broker {
  const { brokers } = addressesOf(client).kafka;
  const broker = createKafkaBroker({ clientId: client, brokers });
  return {
    async connectProducer() {
      const producer = await broker.connectProducer();
      opened.push(() => producer.disconnect());
      return producer;
    },
    async startConsumer(subscription) {
      const consumer = await broker.startConsumer({
        ...subscription,
        async onBatch(batch) {
          if (isDead()) {
            throw new Error(`${client} is dead`);
          }
          await subscription.onBatch(batch);
        },
      });
      opened.push(() => consumer.stop());
      return consumer;
    },
  };
}

function addressesOf(client: StageClient): ClientAddresses {
  const addresses = environment.clients.get(client);
  if (addresses === undefined) {
    throw new Error(`the environment has no client ${client}`);
  }
  return addresses;
}

function forEachClient<T>(make: (client: StageClient) => T): Readonly<Record<StageClient, T>> {
  const [first, second, third, producer] = STAGE_CLIENTS;
  return {
    first: make(first),
    second: make(second),
    third: make(third),
    producer: make(producer),
  };
}
