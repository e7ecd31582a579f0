import type { Database } from "../ports/database.ts";
import type { Configuration } from "../process/configuration.ts";
import type { ServiceName } from "../process/services.ts";
import type { ProcessPorts } from "../process/start-roles.ts";
import { createHttpServer } from "./http-server.ts";
import { createKafkaBroker } from "./kafka-broker.ts";
import { readMigrations } from "./migration-files.ts";
import { createLineTelemetry, nodeClock, nodeEntropy } from "./node-host.ts";
import { createPostgresDatabase } from "./postgres-database.ts";

/** A process's ports on real servers, and how to close what they hold open. */
export interface NodePorts extends ProcessPorts {
  close(): Promise<void>;
}

export function createNodePorts(configuration: Configuration): NodePorts {
  const { processName, databaseUrls, kafkaBrokers, http } = configuration;
  const databases = new Map(
    [...databaseUrls].map(([service, url]) => [
      service,
      createPostgresDatabase({ connectionString: url, application_name: processName }),
    ]),
  );
  return {
    database: (service) => databaseOf(databases, service),
    broker: createKafkaBroker({ clientId: processName, brokers: kafkaBrokers }),
    server: createHttpServer(http),
    clock: nodeClock,
    entropy: nodeEntropy,
    telemetry: createLineTelemetry(processName),
    migrations: readMigrations,
    async close() {
      await Promise.all([...databases.values()].map((database) => database.close()));
    },
  };
}

function databaseOf(databases: ReadonlyMap<ServiceName, Database>, service: ServiceName): Database {
  const database = databases.get(service);
  if (database === undefined) {
    throw new Error(`this process has no role of the ${service} service`);
  }
  return database;
}
