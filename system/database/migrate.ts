import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Clock } from "../ports/clock.ts";
import type { Connection, Database } from "../ports/database.ts";
import { textColumn } from "./row.ts";
import { inTransaction } from "./transaction.ts";

/** One numbered SQL file. Files are applied in the order of their names, each once. */
export interface Migration {
  /** The file's name without its ending: `0001-payments`. */
  readonly version: string;
  readonly sql: string;
  /** SHA-256 of the text, in hexadecimal. */
  readonly checksum: string;
}

/** A database that was made by other code than this: newer, or with another text of a migration. */
export class ForeignSchema extends Error {
  override readonly name = "ForeignSchema";
}

export function createMigration(version: string, sql: string): Migration {
  return { version, sql, checksum: bytesToHex(sha256(utf8ToBytes(sql))) };
}

/** Any number that all processes of this product agree on. */
const MIGRATION_LOCK = 4_715_081;

/**
 * Brings a database up to date, all in one transaction under an advisory lock: processes that start
 * together wait for one another, and a failed migration leaves nothing behind. A migration may take
 * longer than any other statement may, or it would be cancelled and tried again for ever. How long
 * a lock is waited for stays bounded: what waits for a table holds up everybody behind it.
 *
 * @throws DatabaseError
 * @throws ForeignSchema, and has changed nothing
 */
export async function migrate(
  ports: { readonly database: Database; readonly clock: Clock },
  migrations: readonly Migration[],
): Promise<void> {
  await inTransaction(ports.database, "migrate", async (connection) => {
    await connection.query({ label: "allow-time", sql: "SET LOCAL statement_timeout = 0" });
    await connection.query({
      label: "lock",
      sql: `SELECT pg_advisory_xact_lock($1)`,
      parameters: [MIGRATION_LOCK],
    });
    await connection.query({
      label: "create-versions",
      sql: `CREATE TABLE IF NOT EXISTS schema_migrations (
         version text PRIMARY KEY,
         checksum text NOT NULL,
         applied_at_ms bigint NOT NULL
       )`,
    });
    const applied = await appliedChecksums(connection);
    demandKnown(applied, migrations);
    const missing = migrations.filter(({ version }) => !applied.has(version));
    for (const { version, sql, checksum } of missing) {
      await connection.query({ label: "apply", sql });
      await connection.query({
        label: "record-version",
        sql: `INSERT INTO schema_migrations (version, checksum, applied_at_ms) VALUES ($1, $2, $3)`,
        parameters: [version, checksum, ports.clock.nowMs()],
      });
    }
  });
}

/** The checksums of what was applied, by version. */
async function appliedChecksums(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const { rows } = await connection.query({
    label: "read-versions",
    sql: `SELECT version, checksum FROM schema_migrations ORDER BY version`,
  });
  return new Map(rows.map((row) => [textColumn(row, "version"), textColumn(row, "checksum")]));
}

/** @throws ForeignSchema naming every migration that was applied and is not among these */
function demandKnown(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map(({ version, checksum }) => [version, checksum]));
  const faults = [...applied].flatMap(([version, checksum]) => {
    if (!known.has(version)) {
      return [`it has migration ${version}, which this version of the code does not know`];
    }
    return known.get(version) === checksum
      ? []
      : [`migration ${version} was applied with another text than this version of the code has`];
  });
  if (faults.length > 0) {
    throw new ForeignSchema(`the database's schema is not this code's: ${faults.join("; ")}`);
  }
}
