import { databaseResource } from "../../scenarios/faults/effect-name.ts";
import type { UniverseEvent } from "../../scenarios/world.ts";
import { ALL_TOPICS } from "../../system/domain/events.ts";
import { DATABASE_SETTINGS } from "../../system/ports/database-settings.ts";
import { SERVICES, type ServiceName } from "../../system/process/services.ts";
import { observeCluster, type ClusterObservation } from "../kafka/cluster/cluster-observation.ts";
import { startKafkaCluster, type KafkaCluster } from "../kafka/cluster/kafka-cluster.ts";
import { kafkaProtocol, type KafkaPort } from "../kafka/protocol/kafka-port.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { createNetwork, type FaultyNetwork } from "../network/network.ts";
import { clientChange } from "../postgres/client/client-change.ts";
import { postgresProtocol, type PostgresPort } from "../postgres/server/postgres-protocol.ts";
import { startPostgresServer, type PostgresServer } from "../postgres/server/postgres-server.ts";

/** The servers of one universe, and who is told of what happens in them. */
export interface Servers {
  readonly kernel: Kernel;
  readonly network: FaultyNetwork;
  readonly kafka: KafkaCluster;
  /** Where its brokers listen. */
  readonly kafkaPorts: readonly KafkaPort[];
  /** Looks into Kafka, beside the network. */
  readonly topics: ClusterObservation;
  /**
   * Beside the network, for preparing and observing. @throws Error when there is no such service
   */
  readonly database: (service: ServiceName) => PostgresServer;
  /** The same, by its address (`payment-db`). */
  readonly databaseAt: (address: string) => PostgresServer;
  watch(observer: (event: UniverseEvent) => void): void;
  /** Tells the observers; for what processes do. */
  tell(event: UniverseEvent): void;
}

/** Where a service database listens. */
export const databasePort = (service: ServiceName): PostgresPort =>
  postgresProtocol.at(databaseResource(service));

const PARTITIONS = 3;

/** Three replicas where there are as many brokers, of which one may be away. */
const REPLICAS_MAX = 3;

/** `brokers` of Kafka, one by default. */
export function startServers(kernel: Kernel, { brokers = 1 } = {}): Servers {
  const network = createNetwork({ kernel });
  const observers: ((event: UniverseEvent) => void)[] = [];
  const tell = (event: UniverseEvent) => {
    for (const observer of observers) {
      observer(event);
    }
  };
  const nowMs = () => Math.floor(kernel.nowUs / 1_000);
  const kafkaPorts = Array.from({ length: brokers }, (_, index) =>
    kafkaProtocol.at(`kafka-${index + 1}`),
  );
  const kafka = startKafkaCluster({
    kernel,
    network,
    ports: kafkaPorts,
    onAppend: ({ clientId, topic, partition, baseOffset, records }) => {
      for (const [index, { key, value }] of records.entries()) {
        const offset = String(baseOffset + index);
        const record = { topic, partition, offset, key, value };
        tell({ kind: "record", atMs: nowMs(), process: clientId, record });
      }
    },
  });
  for (const topic of ALL_TOPICS) {
    kafka.createTopic(topic, PARTITIONS, {
      replicationFactor: Math.min(brokers, REPLICAS_MAX),
      configs: new Map([["min.insync.replicas", brokers < REPLICAS_MAX ? "1" : "2"]]),
    });
  }
  const startDatabase = (service: ServiceName) =>
    startPostgresServer({
      kernel,
      network,
      port: databasePort(service),
      startUp: [`SET lock_timeout = ${DATABASE_SETTINGS.lockMsMax}`],
      onCommit: ({ applicationName, changes }) =>
        tell({
          kind: "commit",
          atMs: nowMs(),
          process: applicationName,
          service,
          changes: changes.map(clientChange),
        }),
    });
  const databases = new Map(SERVICES.map(({ name }) => [name, startDatabase(name)]));
  return {
    kernel,
    network,
    kafka,
    kafkaPorts,
    topics: observeCluster(kafka),
    database: (service) => demandDatabase(databases, service),
    databaseAt: (address) =>
      demandDatabase(
        databases,
        [...databases.keys()].find((service) => databaseResource(service) === address),
      ),
    watch: (observer) => observers.push(observer),
    tell,
  };
}

function demandDatabase(
  databases: ReadonlyMap<ServiceName, PostgresServer>,
  service: ServiceName | undefined,
): PostgresServer {
  const database = service && databases.get(service);
  if (database === undefined) {
    throw new Error("there is no such database");
  }
  return database;
}
