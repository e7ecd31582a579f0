import { readMigrations } from "../../system/adapters/migration-files.ts";
import { nodeClock, nodeEntropy } from "../../system/adapters/node-host.ts";
import { createPostgresDatabase } from "../../system/adapters/postgres-database.ts";
import { migrate } from "../../system/database/migrate.ts";
import type { Database } from "../../system/ports/database.ts";
import { SERVICES, type ServiceName } from "../../system/process/services.ts";
import { SNAPSHOT_IDLE_MS_MAX } from "../../system/reconciliation/snapshot.ts";

/** The databases of the services and of the engine, each a connection string in the environment. */
export interface Place {
  readonly databases: Readonly<Record<ServiceName, Database>>;
  close(): Promise<void>;
}

/** Opens them, by the address of each, and brings them up to date. */
export async function openPlace(addressOf: (service: ServiceName) => string): Promise<Place> {
  const open = (service: ServiceName) =>
    createPostgresDatabase({
      connectionString: addressOf(service),
      idle_in_transaction_session_timeout: SNAPSHOT_IDLE_MS_MAX,
    });
  const databases = {
    payment: open("payment"),
    wallet: open("wallet"),
    reconciliation: open("reconciliation"),
  };
  for (const { name } of SERVICES) {
    await migrate({ database: databases[name], clock: nodeClock }, readMigrations(name));
  }
  return {
    databases,
    async close() {
      await Promise.all(Object.values(databases).map((database) => database.close()));
    },
  };
}

/** What the services' functions take beside a database. */
export const host = { clock: nodeClock, entropy: nodeEntropy, telemetry: { event() {} } };
