import type { Clock } from "../ports/clock.ts";
import type { Connection, Database } from "../ports/database.ts";
import { textColumn } from "./row.ts";
import { inTransaction } from "./transaction.ts";

/** One numbered SQL file. Files are applied in the order of their names, each once. */
export interface Migration {
  /** The file's name without its ending: `0001-payments`. */
  readonly version: string;
  readonly sql: string;
}

/** Any number that all processes of this product agree on. */
const MIGRATION_LOCK = 4_715_081;

/**
 * Brings a database up to date, all in one transaction under an advisory lock: processes that start
 * together wait for one another, and a failed migration leaves nothing behind.
 *
 * @throws DatabaseError
 */
export async function migrate(
  ports: { readonly database: Database; readonly clock: Clock },
  migrations: readonly Migration[],
): Promise<void> {
  await inTransaction(ports.database, "migrate", async (connection) => {
    await connection.query({
      label: "lock",
      sql: `SELECT pg_advisory_xact_lock($1)`,
      parameters: [MIGRATION_LOCK],
    });
    await connection.query({
      label: "create-versions",
      sql: `CREATE TABLE IF NOT EXISTS schema_migrations (
         version text PRIMARY KEY,
         applied_at_ms bigint NOT NULL
       )`,
    });
    const applied = await appliedVersions(connection);
    for (const { version, sql } of migrations.filter((each) => !applied.has(each.version))) {
      await connection.query({ label: "apply", sql });
      await connection.query({
        label: "record-version",
        sql: `INSERT INTO schema_migrations (version, applied_at_ms) VALUES ($1, $2)`,
        parameters: [version, ports.clock.nowMs()],
      });
    }
  });
}

async function appliedVersions(connection: Connection): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query({
    label: "read-versions",
    sql: `SELECT version FROM schema_migrations ORDER BY version`,
  });
  return new Set(rows.map((row) => textColumn(row, "version")));
}
