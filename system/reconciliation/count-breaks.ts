import { bigintColumn, nullableTextColumn, textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Database } from "../ports/database.ts";
import { BREAK_CLASSES } from "./break-classes.ts";

/** How many breaks of a class there are. */
export interface BreakCount {
  readonly class: string;
  readonly open: number;
  readonly resolved: number;
  /** When the oldest open one was found, in milliseconds since the epoch; null when none is. */
  readonly oldestOpenMs: string | null;
}

/** The breaks of every class, also of those of which there are none. @throws DatabaseError */
export async function countBreaks(database: Database): Promise<readonly BreakCount[]> {
  const { rows } = await runStatement(database, "measure", {
    label: "breaks",
    sql: `SELECT class, state, count(*) AS breaks, min(found_at_ms) AS oldest_ms FROM breaks
          GROUP BY class, state ORDER BY class, state`,
  });
  const found = new Map(
    rows.map((row) => [`${textColumn(row, "class")} ${textColumn(row, "state")}`, row]),
  );
  const count = (key: string): number => {
    const row = found.get(key);
    return row === undefined ? 0 : Number(bigintColumn(row, "breaks"));
  };
  return Object.keys(BREAK_CLASSES).map((name) => {
    const open = found.get(`${name} open`);
    return {
      class: name,
      open: count(`${name} open`),
      resolved: count(`${name} resolved`),
      oldestOpenMs: open === undefined ? null : nullableTextColumn(open, "oldest_ms"),
    };
  });
}
