import { textColumn } from "../database/row.ts";
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
