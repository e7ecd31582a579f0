import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import type { DatabaseAddress, KafkaServerAddress } from "../../chaos/environment/environment.ts";
import { requireServers } from "../../chaos/install/install.ts";
import type { Keeper } from "../../chaos/keeper/keeper.ts";
import { formatKafkaNode } from "../../chaos/local/kafka-node.ts";
import { nodeProperties } from "../../chaos/local/kafka-properties.ts";
import { demandBrokers, randomClusterId } from "../../chaos/local/local-kafka.ts";
import { openLocalServers } from "../../chaos/local/local-servers.ts";
import { untilReady } from "../../chaos/local/server-ready.ts";
import { variablesOf, type ServerVariables } from "../../chaos/service-addresses.ts";
import { pickFreePort } from "../../chaos/toxiproxy/free-ports.ts";
import { SAGA_SERVICES, SERVICES } from "../../system/process/services.ts";
import { startScratchPostgres } from "../../tools/differential/servers/scratch-postgres.ts";

/** PostgreSQL and Kafka with the settings that they come with, and no proxy before them. */
export interface DefaultServers {
  readonly kafka: KafkaServerAddress;
  /** A database of that name, empty; made when it is asked for the first time. */
  database(name: string): Promise<DatabaseAddress>;
  /** What the services are told. */
  variables(): Promise<ServerVariables>;
  /** For a table's column `beside`: what ran. */
  readonly versions: string;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const READY_MS_MAX = 90_000;

/** As `kafka-server-start.sh` starts Java. */
const KAFKA_JAVA = [
  ...["-Xms1G", "-Xmx1G", "-server", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"],
  ...["-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent"],
];

/** One broker cannot keep three copies; everything else is Kafka's default. */
const SINGLE_BROKER = {
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
};

/** Starts both; a commit is flushed to the disk. @throws EnvironmentMissing, ServerNotReady */
export async function startDefaultServers(keeper: Keeper): Promise<DefaultServers> {
  const kafka = await startKafka(keeper);
  const postgres = await startScratchPostgres({ isDurable: true });
  const databases = new Map<string, DatabaseAddress>();
  const database = async (name: string): Promise<DatabaseAddress> => {
    const known = databases.get(name);
    if (known !== undefined) {
      return known;
    }
    const address = {
      ...{ host: HOST, port: postgres.port, database: name },
      ...{ user: "postgres", password: "none" },
    };
    databases.set(name, address);
    const client = new Client({ ...address, database: "postgres" });
    await client.connect();
    await client.query(`CREATE DATABASE "${name}"`);
    await client.end();
    return address;
  };
  return {
    kafka: kafka.address,
    database,
    async variables() {
      const of = async (names: readonly string[]) => {
        const entries: [string, DatabaseAddress][] = [];
        for (const name of names) {
          entries.push([name, await database(name)]);
        }
        return new Map(entries);
      };
      return variablesOf({
        databases: await of(SERVICES.map(({ name }) => name)),
        readers: await of(SAGA_SERVICES.map(({ name }) => name)),
        brokers: kafka.address.brokers,
      });
    },
    versions: `PostgreSQL ${postgres.version}, Kafka ${kafka.version}`,
    async stop() {
      await kafka.close();
      await postgres.stop();
    },
  };
}

async function startKafka(keeper: Keeper): Promise<{
  readonly address: KafkaServerAddress;
  readonly version: string;
  close(): Promise<void>;
}> {
  const installed = await requireServers();
  const servers = openLocalServers(keeper);
  const [administration, port] = [await pickFreePort(), await pickFreePort()];
  const controller = { nodeId: 1, port };
  const clusterId = randomClusterId();
  const folder = join(keeper.folder, "default-servers");
  await mkdir(folder);
  const node = await formatKafkaNode({
    servers,
    installed,
    name: "kafka",
    folder: join(folder, "kafka"),
    logsFolder: folder,
    clusterId,
    java: KAFKA_JAVA,
    properties: {
      ...nodeProperties({
        nodeId: 1,
        ports: { administration, controller: port },
        clients: [],
        controller,
      }),
      ...SINGLE_BROKER,
    },
  });
  const address = { brokers: [`${HOST}:${administration}`] };
  const server = await node.start();
  await untilReady({
    server,
    readyMsMax: READY_MS_MAX,
    probe: () => demandBrokers(address, { clusterId, brokerCount: 1 }),
  });
  return { address, version: installed.kafka.version, close: () => servers.close() };
}
