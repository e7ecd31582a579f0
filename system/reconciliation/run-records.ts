import {
  bigintColumn,
  nullableBigintColumn,
  nullableTextColumn,
  textColumn,
} from "../database/row.ts";
import { inTransaction, runStatement } from "../database/transaction.ts";
import type { Database, Row } from "../ports/database.ts";
import type { InFlightSummary } from "./in-flight.ts";

/** How far a run has looked, and into which databases. */
export interface Watermarks {
  readonly payment: bigint;
  readonly wallet: bigint;
  readonly madeAtMs: MadeAtMs;
}

/** When the databases were made, by their first migrations; null where no run has noted it. */
export interface MadeAtMs {
  readonly payment: bigint | null;
  readonly wallet: bigint | null;
}

/** What a run has looked at, and what came of it. */
export interface RunResult {
  readonly outcome: "clean" | "breaks" | "failed";
  /** Of a failed one, why; null otherwise. */
  readonly failure: string | null;
  readonly payments: number;
  readonly entries: number;
  readonly accounts: number;
  readonly breaks: number;
  readonly inFlight: InFlightSummary | null;
  /** Null for one that failed: the next one looks again at what it looked at. */
  readonly watermarks: Watermarks | null;
}

/**
 * Notes that a run begins. There is one at a time: another that is said to be running was ended
 * with its process.
 *
 * @throws DatabaseError
 */
export async function beginRun(
  database: Database,
  run: { readonly id: string; readonly startedBy: "clock" | "demand"; readonly atMs: number },
): Promise<void> {
  await inTransaction(database, "begin-run", async (connection) => {
    await connection.query({
      label: "end-others",
      sql: `UPDATE reconciliation_runs
       SET outcome = 'failed', failure = 'its process ended before it did', finished_at_ms = $1
       WHERE outcome = 'running'`,
      parameters: [run.atMs],
    });
    await connection.query({
      label: "insert-run",
      sql: `INSERT INTO reconciliation_runs
         (id, started_by, started_at_ms, outcome, payments_examined, entries_examined,
          accounts_examined, breaks_found)
       VALUES ($1, $2, $3, 'running', 0, 0, 0, 0)`,
      parameters: [run.id, run.startedBy, run.atMs],
    });
  });
}

/** Notes how a run ended. @throws DatabaseError */
export async function endRun(
  database: Database,
  runId: string,
  result: RunResult,
  atMs: number,
): Promise<void> {
  await inTransaction(database, "end-run", (connection) =>
    connection.query({
      label: "update-run",
      sql: `UPDATE reconciliation_runs SET outcome = $2, failure = $3, finished_at_ms = $4,
         payments_examined = $5, entries_examined = $6, accounts_examined = $7, breaks_found = $8,
         in_flight = $9, payment_watermark = $10, wallet_watermark = $11,
         payment_made_at_ms = $12, wallet_made_at_ms = $13
       WHERE id = $1`,
      parameters: [
        runId,
        result.outcome,
        result.failure,
        atMs,
        result.payments,
        result.entries,
        result.accounts,
        result.breaks,
        result.inFlight === null ? null : JSON.stringify(result.inFlight),
        result.watermarks === null ? null : String(result.watermarks.payment),
        result.watermarks === null ? null : String(result.watermarks.wallet),
        result.watermarks?.madeAtMs.payment ?? null,
        result.watermarks?.madeAtMs.wallet ?? null,
      ],
    }),
  );
}

/** Before the first run. */
export const NOTHING_SEEN: Watermarks = {
  payment: 0n,
  wallet: 0n,
  madeAtMs: { payment: null, wallet: null },
};

/** How far the newest run that ended well has looked. @throws DatabaseError */
export async function lastWatermarks(database: Database): Promise<Watermarks> {
  const { rows } = await runStatement(database, "read-watermarks", {
    label: "watermarks",
    sql: `SELECT payment_watermark, wallet_watermark, payment_made_at_ms, wallet_made_at_ms
     FROM reconciliation_runs
     WHERE payment_watermark IS NOT NULL ORDER BY started_at_ms DESC, id DESC LIMIT 1`,
  });
  const [row] = rows;
  return row === undefined
    ? NOTHING_SEEN
    : {
        payment: bigintColumn(row, "payment_watermark"),
        wallet: bigintColumn(row, "wallet_watermark"),
        madeAtMs: {
          payment: nullableBigintColumn(row, "payment_made_at_ms"),
          wallet: nullableBigintColumn(row, "wallet_made_at_ms"),
        },
      };
}

/** A run as its row says. */
export interface RecordedRun {
  readonly id: string;
  readonly startedBy: string;
  readonly startedAtMs: number;
  readonly finishedAtMs: number | null;
  readonly outcome: string;
  readonly failure: string | null;
  readonly payments: number;
  readonly entries: number;
  readonly accounts: number;
  readonly breaks: number;
  readonly inFlight: unknown;
}

/** Runs, the newest first. @throws DatabaseError */
export async function listRuns(database: Database, limit: number): Promise<readonly RecordedRun[]> {
  const { rows } = await runStatement(database, "read-runs", {
    label: "runs",
    sql: `SELECT ${RUN_COLUMNS}
     FROM reconciliation_runs ORDER BY started_at_ms DESC, id DESC LIMIT $1`,
    parameters: [limit],
  });
  return rows.map(readRun);
}

/** A run by its id; undefined when there is none. @throws DatabaseError */
export async function findRun(database: Database, id: string): Promise<RecordedRun | undefined> {
  const { rows } = await runStatement(database, "read-run", {
    label: "run",
    sql: `SELECT ${RUN_COLUMNS} FROM reconciliation_runs WHERE id = $1`,
    parameters: [id],
  });
  return rows.map(readRun)[0];
}

const RUN_COLUMNS = `id, started_by, started_at_ms, finished_at_ms, outcome, failure,
       payments_examined, entries_examined, accounts_examined, breaks_found, in_flight`;

function readRun(row: Row): RecordedRun {
  const finishedAtMs = nullableBigintColumn(row, "finished_at_ms");
  const inFlight = nullableTextColumn(row, "in_flight");
  return {
    id: textColumn(row, "id"),
    startedBy: textColumn(row, "started_by"),
    startedAtMs: Number(bigintColumn(row, "started_at_ms")),
    finishedAtMs: finishedAtMs === null ? null : Number(finishedAtMs),
    outcome: textColumn(row, "outcome"),
    failure: nullableTextColumn(row, "failure"),
    payments: Number(bigintColumn(row, "payments_examined")),
    entries: Number(bigintColumn(row, "entries_examined")),
    accounts: Number(bigintColumn(row, "accounts_examined")),
    breaks: Number(bigintColumn(row, "breaks_found")),
    inFlight: inFlight === null ? null : JSON.parse(inFlight),
  };
}
