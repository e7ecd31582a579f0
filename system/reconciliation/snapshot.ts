import { bigintColumn, textColumn } from "../database/row.ts";
import type { Connection, Database, QueryResult, SqlValue } from "../ports/database.ts";

/** One database as it was at one moment, for as long as it is held open. */
export interface Snapshot {
  /**
   * The oldest transaction that was still open at that moment: whatever it, or a later one, writes
   * is not all here. What earlier ones wrote is here, and for ever.
   */
  readonly watermark: bigint;
  /** The rows of a statement, as of that moment. @throws DatabaseError */
  read(label: string, sql: string, parameters: readonly SqlValue[]): Promise<QueryResult["rows"]>;
  close(): Promise<void>;
}

/** How long one side is held while another is read: a session that idles longer is ended. */
export const SNAPSHOT_IDLE_MS_MAX = 600_000;

/** Opens a snapshot, and fixes its moment. @throws DatabaseError */
export async function openSnapshot(database: Database, name: string): Promise<Snapshot> {
  const connection = await database.connect(`reconcile-${name}`);
  try {
    await connection.query({
      label: "begin",
      sql: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    });
    const { rows } = await connection.query({
      label: "fix-snapshot",
      sql: "SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS watermark",
    });
    const [row] = rows;
    if (row === undefined) {
      throw new Error("a snapshot has no watermark");
    }
    return snapshotOn(connection, BigInt(textColumn(row, "watermark")));
  } catch (error) {
    connection.release(true);
    throw error;
  }
}

/** What a statement counts, in its column `counted`. @throws DatabaseError */
export async function countIn(
  snapshot: Snapshot,
  label: string,
  sql: string,
  parameters: readonly SqlValue[],
): Promise<number> {
  const [row] = await snapshot.read(label, sql, parameters);
  if (row === undefined) {
    throw new Error(`${label} was answered without a row`);
  }
  return Number(bigintColumn(row, "counted"));
}

/** When a snapshot's database was made, by its first migration. @throws DatabaseError */
export async function madeAtMsOf(snapshot: Snapshot): Promise<bigint> {
  const rows = await snapshot.read(
    "made-at",
    "SELECT min(applied_at_ms) AS made_at_ms FROM schema_migrations",
    [],
  );
  if (rows[0] === undefined) {
    throw new Error("a database does not say when it was made");
  }
  return bigintColumn(rows[0], "made_at_ms");
}

function snapshotOn(connection: Connection, watermark: bigint): Snapshot {
  return {
    watermark,
    async read(label, sql, parameters) {
      return (await connection.query({ label, sql, parameters })).rows;
    },
    async close() {
      try {
        await connection.query({ label: "end", sql: "COMMIT" });
        connection.release();
      } catch {
        // It has read all that it wanted.
        connection.release(true);
      }
    },
  };
}
