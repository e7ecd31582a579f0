import type { SqlTree } from "./sql-tree.ts";

/** What one statement is, and what is asked after it in the same transaction. */
export interface Trial {
  readonly tree: SqlTree;
  readonly afterwards: readonly string[];
  readonly isOrdered: boolean;
}
