import type { SqlType } from "./sql-type.ts";

/** What is told of one column of rows by position: of a table's, or of a result's. */
export interface Field {
  readonly name: string;
  readonly type: SqlType;
  /** The number of varchar(n) and its kin as atttypmod holds it; -1 for none. */
  readonly typmod: number;
}
