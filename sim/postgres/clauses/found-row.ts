import type { RowValues } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";

/** A row that the query found, before it is locked and projected. */
export interface FoundRow {
  readonly rows: RowValues[];
  readonly aggregates: RowValues;
  /** The version, of a query over one table. */
  readonly version: RowVersion | null;
}
