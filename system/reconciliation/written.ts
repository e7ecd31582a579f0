import { bigintColumn, textColumn } from "../database/row.ts";
import { countIn, type Snapshot } from "./snapshot.ts";

/** A table whose rows say which transaction wrote them last. */
export interface WrittenTable {
  readonly table: "payments" | "transfer_decisions";
  /** What its rows are called in the names of effects. */
  readonly label: "payments" | "decisions";
  /** The column with the payment's id. */
  readonly id: "id" | "payment_id";
}

export const WRITTEN_PAYMENTS: WrittenTable = { table: "payments", label: "payments", id: "id" };
export const WRITTEN_DECISIONS: WrittenTable = {
  table: "transfer_decisions",
  label: "decisions",
  id: "payment_id",
};

/** A place in the order of writing. */
export interface WrittenPlace {
  readonly writtenIn: bigint;
  readonly id: string;
}

/** Ids of payments written at or after a watermark, in the order of writing, after a place. */
export async function writtenAfter(
  snapshot: Snapshot,
  { table, label, id }: WrittenTable,
  since: bigint,
  after: WrittenPlace | undefined,
  limit: number,
): Promise<readonly WrittenPlace[]> {
  const from = after ?? { writtenIn: since, id: "" };
  const rows = await snapshot.read(
    `${label}-written`,
    `SELECT written_in::text AS written_in, ${id} AS id FROM ${table}
     WHERE written_in >= $1::text::xid8 AND (written_in > $1::text::xid8 OR ${id} > $2)
     ORDER BY ${table}.written_in, ${table}.${id} LIMIT $3`,
    [String(from.writtenIn), from.id, limit],
  );
  return rows.map((row) => ({
    writtenIn: bigintColumn(row, "written_in"),
    id: textColumn(row, "id"),
  }));
}

/**
 * How many were written at or after a watermark, counted by the database itself, so that a page
 * that was lost is noticed.
 */
export async function countWritten(
  snapshot: Snapshot,
  { table, label }: WrittenTable,
  since: bigint,
): Promise<number> {
  const sql = `SELECT count(*) AS counted FROM ${table} WHERE written_in >= $1::text::xid8`;
  return countIn(snapshot, `count-${label}`, sql, [String(since)]);
}

/** Which of these payments were written at or after a watermark. */
export async function writtenAmong(
  snapshot: Snapshot,
  { table, label, id }: WrittenTable,
  ids: readonly string[],
  since: bigint,
): Promise<ReadonlySet<string>> {
  const rows = await snapshot.read(
    `${label}-written-since`,
    `SELECT ${id} AS id FROM ${table} WHERE ${id} = ANY ($1::text[]) AND written_in >= $2::text::xid8`,
    [ids, String(since)],
  );
  return new Set(rows.map((row) => textColumn(row, "id")));
}
