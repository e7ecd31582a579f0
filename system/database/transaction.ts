import {
  DatabaseError,
  type Connection,
  type Database,
  type QueryResult,
  type Statement,
} from "../ports/database.ts";

/**
 * Runs `work` between BEGIN and COMMIT on one connection and answers what it returns.
 *
 * When `work` throws, the transaction is rolled back and the error thrown on. When the COMMIT's
 * reply is lost, the error says `applied: unknown`: the caller asks again (the inbox and the
 * idempotency keys are there to be asked), it never takes it for failed.
 *
 * @throws DatabaseError
 */
export async function inTransaction<T>(
  database: Database,
  purpose: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await database.connect(purpose);
  let result: T;
  try {
    await connection.query({ label: "begin", sql: "BEGIN" });
    result = await work(connection);
    await commit(connection, purpose);
  } catch (error) {
    await rollBack(connection);
    throw error;
  }
  connection.release();
  return result;
}

/**
 * Runs one statement on a connection of its own: a transaction by itself, as PostgreSQL has it. A
 * connection on which the server was not heard is not given to anybody else; one on which it
 * answered with a refusal serves on.
 *
 * @throws DatabaseError
 */
export async function runStatement(
  database: Database,
  purpose: string,
  statement: Statement,
): Promise<QueryResult> {
  const connection = await database.connect(purpose);
  try {
    const result = await connection.query(statement);
    connection.release();
    return result;
  } catch (error) {
    connection.release(!(error instanceof DatabaseError && error.applied === "no"));
    throw error;
  }
}

async function commit(connection: Connection, purpose: string): Promise<void> {
  const { command } = await connection.query({ label: "commit", sql: "COMMIT" });
  // PostgreSQL answers COMMIT of an aborted transaction with success and the tag ROLLBACK.
  if (command !== "COMMIT") {
    throw new DatabaseError(`the transaction ${purpose} ended as ${command}, not COMMIT`, {
      code: "25P02",
      applied: "no",
    });
  }
}

async function rollBack(connection: Connection): Promise<void> {
  try {
    await connection.query({ label: "rollback", sql: "ROLLBACK" });
    connection.release();
  } catch {
    // The connection is broken; the server rolls back when it notices. The first error counts.
    connection.release(true);
  }
}
