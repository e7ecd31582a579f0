import { bigintColumn, nullableTextColumn, textColumn } from "../database/row.ts";
import { inTransaction, runStatement } from "../database/transaction.ts";
import type { Database, Row } from "../ports/database.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Break } from "./break-classes.ts";

/** A break as its row says. */
export interface RecordedBreak {
  readonly id: string;
  readonly class: string;
  readonly subject: string;
  readonly detail: string;
  readonly state: string;
  readonly note: string | null;
  readonly foundByRun: string;
  readonly seenByRun: string;
  readonly foundAtMs: number;
  readonly resolvedAtMs: number | null;
}

/**
 * Notes what a run has found: a break that is open already is seen again, another is new. One that
 * was resolved and is there again is new.
 *
 * @throws DatabaseError
 */
export async function recordBreaks(
  ports: { readonly database: Database; readonly entropy: Entropy },
  runId: string,
  breaks: readonly Break[],
  nowMs: number,
): Promise<void> {
  if (breaks.length === 0) {
    return;
  }
  await inTransaction(ports.database, "record-breaks", async (connection) => {
    for (const each of breaks) {
      const { rowCount } = await connection.query({
        label: "see-break",
        sql: `UPDATE breaks SET seen_by_run = $3, detail = $4
         WHERE class = $1 AND subject = $2 AND state = 'open'`,
        parameters: [each.class, each.subject, runId, each.detail],
      });
      if (rowCount === 0) {
        await connection.query({
          label: "insert-break",
          sql: `INSERT INTO breaks
             (id, class, subject, detail, state, found_by_run, seen_by_run, found_at_ms)
           VALUES ($1, $2, $3, $4, 'open', $5, $5, $6)`,
          parameters: [ports.entropy.uuid(), each.class, each.subject, each.detail, runId, nowMs],
        });
      }
    }
  });
}

/** Open breaks about payments, by the payment's id, after one. @throws DatabaseError */
export async function openBreaksAfter(
  database: Database,
  afterSubject: string,
  limit: number,
): Promise<readonly RecordedBreak[]> {
  const { rows } = await runStatement(database, "read-breaks", {
    label: "open-breaks",
    sql: `SELECT ${BREAK_COLUMNS} FROM breaks
     WHERE state = 'open' AND subject > $1 ORDER BY subject, class LIMIT $2`,
    parameters: [afterSubject, limit],
  });
  return rows.map(readBreak);
}

/**
 * Resolves every open break that a run did not see again.
 *
 * @returns how many
 * @throws DatabaseError
 */
export async function resolveUnseen(
  database: Database,
  runId: string,
  nowMs: number,
): Promise<number> {
  const { rowCount } = await runStatement(database, "resolve-unseen", {
    label: "resolve-unseen",
    sql: `UPDATE breaks SET state = 'resolved', note = 'agrees again', resolved_at_ms = $2
     WHERE state = 'open' AND seen_by_run <> $1`,
    parameters: [runId, nowMs],
  });
  return rowCount;
}

/** How many breaks a run has seen. @throws DatabaseError */
export async function countSeen(database: Database, runId: string): Promise<number> {
  const { rows } = await runStatement(database, "count-breaks", {
    label: "count-seen",
    sql: "SELECT count(*) AS seen FROM breaks WHERE seen_by_run = $1 AND state = 'open'",
    parameters: [runId],
  });
  return rows[0] === undefined ? 0 : Number(bigintColumn(rows[0], "seen"));
}

/** Resolves one break by hand. @returns false when none of that id is open @throws DatabaseError */
export async function resolveBreak(
  database: Database,
  id: string,
  note: string,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await runStatement(database, "resolve-break", {
    label: "resolve-break",
    sql: `UPDATE breaks SET state = 'resolved', note = $2, resolved_at_ms = $3
     WHERE id = $1 AND state = 'open'`,
    parameters: [id, note, nowMs],
  });
  return rowCount === 1;
}

/** A break by its id; undefined when there is none. @throws DatabaseError */
export async function findBreak(
  database: Database,
  id: string,
): Promise<RecordedBreak | undefined> {
  const { rows } = await runStatement(database, "read-break", {
    label: "break",
    sql: `SELECT ${BREAK_COLUMNS} FROM breaks WHERE id = $1`,
    parameters: [id],
  });
  return rows.map(readBreak)[0];
}

/** An open break, with how long it has been. */
export type OpenBreak = RecordedBreak & { readonly ageMs: number };

const PAGE = 500;

/** Every open break, in the order in which they were found. @throws DatabaseError */
export async function openBreaks(database: Database, nowMs: number): Promise<readonly OpenBreak[]> {
  const found: OpenBreak[] = [];
  for (let after = { foundAtMs: 0, id: "" }; ;) {
    const query = { state: "open", class: undefined, after, limit: PAGE };
    const page = await listBreaks(database, query);
    found.push(...page.map((each) => ({ ...each, ageMs: nowMs - each.foundAtMs })));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) {
      return found;
    }
    after = last;
  }
}

/** Breaks in the order in which they were found, after one. @throws DatabaseError */
export async function listBreaks(
  database: Database,
  query: {
    readonly state: string | undefined;
    readonly class: string | undefined;
    readonly after: { readonly foundAtMs: number; readonly id: string };
    readonly limit: number;
  },
): Promise<readonly RecordedBreak[]> {
  const { rows } = await runStatement(database, "read-breaks", {
    label: "breaks",
    sql: `SELECT ${BREAK_COLUMNS} FROM breaks
     WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR class = $2)
       AND (found_at_ms > $3 OR (found_at_ms = $3 AND id > $4))
     ORDER BY found_at_ms, id LIMIT $5`,
    parameters: [
      query.state ?? null,
      query.class ?? null,
      query.after.foundAtMs,
      query.after.id,
      query.limit,
    ],
  });
  return rows.map(readBreak);
}

const BREAK_COLUMNS =
  "id, class, subject, detail, state, note, found_by_run, seen_by_run, found_at_ms, resolved_at_ms";

function readBreak(row: Row): RecordedBreak {
  const resolvedAtMs = nullableTextColumn(row, "resolved_at_ms");
  return {
    id: textColumn(row, "id"),
    class: textColumn(row, "class"),
    subject: textColumn(row, "subject"),
    detail: textColumn(row, "detail"),
    state: textColumn(row, "state"),
    note: nullableTextColumn(row, "note"),
    foundByRun: textColumn(row, "found_by_run"),
    seenByRun: textColumn(row, "seen_by_run"),
    foundAtMs: Number(bigintColumn(row, "found_at_ms")),
    resolvedAtMs: resolvedAtMs === null ? null : Number(resolvedAtMs),
  };
}
