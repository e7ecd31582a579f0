import type { Row } from "../storage/row.ts";
import type { RowVersion } from "../storage/table.ts";

/** A row that the query found, before it is locked and projected. */
export interface FoundRow {
  readonly rows: Row[];
  readonly aggregates: Row;
  /** The version, of a query over one table. */
  readonly version: RowVersion | null;
}
