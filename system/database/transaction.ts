import {
  DatabaseError,
  type Connection,
  type Database,
  type QueryResult,
  type Statement,
} from "../ports/database.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** Bounds of a transaction of its own. */
export interface TransactionLimits {
  /** How long each of its statements waits for a lock; as the database has it when not given. */
  readonly lockMsMax?: number;
}

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
  { lockMsMax }: TransactionLimits = {},
): Promise<T> {
  const connection = await database.connect(purpose);
  let result: T;
  try {
    // One text: a second one would be another exchange.
    const sql = lockMsMax === undefined ? "BEGIN" : `BEGIN; SET LOCAL lock_timeout = ${lockMsMax}`;
    await connection.query({ label: "begin", sql });
    result = await work(connection);
    await commit(connection, purpose);
  } catch (error) {
    await rollBack(connection);
    throw error;
  }
  connection.release();
  return result;
}

/** How often a transaction is run that the database rolls back for the sake of others. */
export const TRANSACTION_RUNS_MAX = 3;

/**
 * Runs a transaction as `inTransaction`, and again at once where the database rolled it back for
 * the sake of others, up to `TRANSACTION_RUNS_MAX` times: `work` has to be the same each time. A
 * COMMIT that nobody knows the end of is not run again: only what the transaction wrote tells.
 *
 * @throws DatabaseError
 */
export async function inRetriedTransaction<T>(
  ports: { readonly database: Database; readonly telemetry: Telemetry },
  purpose: string,
  work: (connection: Connection) => Promise<T>,
  limits: TransactionLimits = {},
): Promise<T> {
  for (let run = 1; ; run += 1) {
    try {
      return await inTransaction(ports.database, purpose, work, limits);
    } catch (error) {
      if (!isConflict(error)) {
        throw error;
      }
      const isLast = run === TRANSACTION_RUNS_MAX;
      const name = isLast ? "transaction.given-up" : "transaction.retry";
      ports.telemetry.event(name, { transaction: purpose, code: error.code, runs: run });
      if (isLast) {
        throw error;
      }
    }
  }
}

/** A deadlock or a serialization failure (class 40), or a lock that was awaited for too long. */
function isConflict(error: unknown): error is DatabaseError {
  return (
    error instanceof DatabaseError &&
    error.applied === "no" &&
    (error.code.startsWith("40") || error.code === LOCK_NOT_AVAILABLE)
  );
}

/** PostgreSQL's `lock_not_available`: a lock was awaited for `lock_timeout`. */
export const LOCK_NOT_AVAILABLE = "55P03";

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
