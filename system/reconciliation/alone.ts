import { booleanColumn } from "../database/row.ts";
import type { Database } from "../ports/database.ts";

/** Any number that all engines agree on, and nobody else in their database uses. */
const RUN_LOCK = 4_715_082;

/**
 * Works while nobody else does, of all who share this database: the lock is a session's, so it ends
 * with whoever holds it.
 *
 * @returns undefined, at once, when somebody else is at work
 * @throws DatabaseError, and what `work` throws
 */
export async function alone<T>(
  database: Database,
  purpose: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const connection = await database.connect(purpose);
  let isIntact = false;
  try {
    const { rows } = await connection.query({
      label: "lock",
      sql: "SELECT pg_try_advisory_lock($1) AS is_free",
      parameters: [RUN_LOCK],
    });
    const result = rows[0] && booleanColumn(rows[0], "is_free") ? await work() : undefined;
    await connection.query({
      label: "unlock",
      sql: "SELECT pg_advisory_unlock($1)",
      parameters: [RUN_LOCK],
    });
    isIntact = true;
    return result;
  } finally {
    // Closed, it holds nothing any more.
    connection.release(!isIntact);
  }
}
