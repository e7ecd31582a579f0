import { createKeyVerifier } from "../http/api-keys.ts";
import type { Database } from "../ports/database.ts";
import type { Configuration } from "../process/configuration.ts";
import type { ServiceName } from "../process/services.ts";
import type { ProcessPorts } from "../process/start-roles.ts";
import { SNAPSHOT_IDLE_MS_MAX } from "../reconciliation/snapshot.ts";
import { createHttpServer } from "./http-server.ts";
import { createKafkaBroker } from "./kafka-broker.ts";
import { createLogTelemetry } from "./log-telemetry.ts";
import { readMigrations } from "./migration-files.ts";
import { nodeClock, nodeEntropy } from "./node-host.ts";
import { createPostgresDatabase } from "./postgres-database.ts";

/** A process's ports on real servers, and how to close what they hold open. */
export interface NodePorts extends ProcessPorts {
  close(): Promise<void>;
}

export function createNodePorts(configuration: Configuration): NodePorts {
  const { processName, databaseUrls, sourceUrls, kafkaBrokers, http, apiKeys } = configuration;
  const databases = new Map(
    [...databaseUrls].map(([service, url]) => [
      service,
      createPostgresDatabase({ connectionString: url, application_name: processName }),
    ]),
  );
  const sources = new Map(
    [...sourceUrls].map(([service, url]) => [
      service,
      createPostgresDatabase({
        connectionString: url,
        application_name: processName,
        idle_in_transaction_session_timeout: SNAPSHOT_IDLE_MS_MAX,
      }),
    ]),
  );
  return {
    database: (service) => databaseOf(databases, service),
    source: (service) => databaseOf(sources, service),
    broker: createKafkaBroker({ clientId: processName, brokers: kafkaBrokers }),
    server: createHttpServer(http),
    verifier: createKeyVerifier(apiKeys),
    clock: nodeClock,
    entropy: nodeEntropy,
    telemetry: createLogTelemetry(processName),
    migrations: readMigrations,
    async close() {
      const opened = [...databases.values(), ...sources.values()];
      await Promise.all(opened.map((database) => database.close()));
    },
  };
}

function databaseOf<Name extends ServiceName>(
  databases: ReadonlyMap<Name, Database>,
  service: Name,
): Database {
  const database = databases.get(service);
  if (database === undefined) {
    throw new Error(`this process has no role of the ${service} service`);
  }
  return database;
}
